"""The groups that DSA keys are made in: public numbers, made once, since making them takes seconds.

Made by `generate_parameters` of cryptography; any others would do as well. FIPS 186-4, 4.2.
"""

from typing import NamedTuple


class DsaGroup(NamedTuple):
    """Domain parameters: the modulus, the order, the generator."""

    p: int
    q: int
    g: int


DSA_1024 = DsaGroup(
    p=int(
        "d5431226a5f3c758b215dedfa8710f62dd669aad171a3fd3cf9caeac4b634ecc073ca263f6982e9a"
        "db3f0689f40b25fa037a5331e211be2ca5cd816276883e535c600d751f5045844add8a1eabd09fb1"
        "73eda0d881ce70d7b40a11dbe3f66407d070475d766667c9078dc5cf28692271d4a055fad280da8e"
        "b43738f61b1d1f79",
        16,
    ),
    q=0xDF70F7FE98D6E0287F83F6DB8516A018DF285E1D,
    g=int(
        "4b71bef12d3d5e050d93e614490f40d49667fede844a84e2298e6b99943329018214b82a88c57097"
        "ebdf4f652be684e8265a114e550a0ad5bfc2fcb81aac732374c4dd75c661e7d36017aaab9a1df93d"
        "b55f11e47b93e4dae6fff86a5fabae3b04e9e47b6e7968df47bbe33cd71a7a43911e22561d0bb64f"
        "a2029c9f5bcbc9f8",
        16,
    ),
)
DSA_2048 = DsaGroup(
    p=int(
        "a4432915d940540e27254a463b274acd0874504a2bf122111746ddb4c47d851c4d97ffb073604bfc"
        "a58058cd98c3d4b2050bec9fcd30ba53f5daa85c53237f036e56ba74a2e01b8a0ed685ad4f7bced6"
        "f25b12cf61c650c07f903102b50ee63718d6e4d20faffd02ec5657cf79aa3123c65cc43193f94948"
        "f86750b073014fa133f57c4b4d5d81108f1f4353ee1c6011b721f4280601b7518625f27fdcbbe878"
        "5305066746546f267834863e43c0e7f64b0ce43587bb4e1da33c163973307c11faedc5cb09899331"
        "4f48c3bd0f9793644d65b9233be07bd861d5fdb7a24ca4b96cbaafd05df4f20d6af1666620689f8b"
        "be370471a80f19fd563fdfb773e7939d",
        16,
    ),
    q=0x8FF193A98A96096437B0ECB28D9983B50B081604B930209492A4E7E30DA04FB5,
    g=int(
        "27240e73d14218263c6a0cae309fbb3b641c6704220351835d2bd85130a01ec67001b3b674f90a7b"
        "b9621cfc38142328e3e1d903b96436d2cc6fcd74702e587508050f35fde819691641ffcb813cc048"
        "e39b37bf18671e6612e5a793142ae5dd6667b8347108f828f9c851b3a40966ea92100565a9628a4f"
        "609f69fb17eb876b18d4e89532b50ccfd0c4f5f007ac8b9c75a9ee5001ac9e1104cada992eefb840"
        "fa2c5bc7b2d222f82f4e0a68536ab7ff0898fd26fcde7fa0c92a89d439d25e99caeef7ee26796eef"
        "660a6dd67b09ddc9ca20db39c92a88e610471649a767cc563d4f2226ed11005ee15263f82e99b31d"
        "0e094b35e5a67ad79f9d684884c9a545",
        16,
    ),
)
