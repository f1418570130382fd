/** The kubectl command of root on k8s-master, with kubeadm's administrator configuration. */
export const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
