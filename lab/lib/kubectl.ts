/** kubectl as root runs it on k8s-master, with kubeadm's own administrator configuration. */
export const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
