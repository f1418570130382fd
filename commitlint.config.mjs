/** Commit subjects: `area: imperative`, at most 60 characters. Reasons and figures go into the body. */
export default {
    parserPreset: { parserOpts: { headerPattern: /^([\w./, -]+): (.+)$/, headerCorrespondence: ["type", "subject"] } },
    ignores: [(message) => message.startsWith("Merge ")],
    plugins: [
        {
            rules: {
                "subject-imperative": ({ subject }) => [
                    !/^(\w+(ed|ing)|adds|fixes|makes|removes|uses|moves)\b/i.test(subject ?? ""),
                    "subject must be in the imperative mood: `area: add x`",
                ],
            },
        },
    ],
    rules: {
        "header-max-length": [2, "always", 60],
        "type-empty": [2, "never"],
        "subject-empty": [2, "never"],
        "subject-full-stop": [2, "never", "."],
        "subject-imperative": [2, "always"],
        "body-leading-blank": [2, "always"],
    },
    helpUrl: "CONTRIBUTING.md",
};
