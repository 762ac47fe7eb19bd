"""An instance on the addresses of EC2, with everything that its tools look for."""

CONFIG = """
account: "111122223333"
region: eu-west-1
listen: {imds: ["169.254.169.254:80"]}
roles: {web: {}}
instances:
  web-1:
    role: web
    id: i-0123456789abcdef0
    image_id: ami-0123456789abcdef0
    instance_type: m7g.large
    metadata_options: {instance_metadata_tags: enabled}
    tags: {Name: web-1, team: orders}
    user_data: |
      #cloud-config
      packages: [nginx]
    public_keys:
      deploy: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHju35eMuOc4sRNXElLAo8lNExJ+MRNJSVbwPwej8Jsw
    network_interfaces:
      - mac: 02:29:96:8f:6a:2d
        id: eni-0123456789abcdef0
        private_ipv4s: [10.0.1.9, 10.0.1.10]
        public_ipv4s: [203.0.113.25]
        ipv6s: ["2001:db8:0:1::9"]
        subnet_id: subnet-0123456789abcdef0
        subnet_ipv4_cidr: 10.0.1.0/24
        vpc_id: vpc-0123456789abcdef0
        security_groups: {web: sg-0123456789abcdef0}
      - mac: 02:29:96:8f:6a:2e
        id: eni-0123456789abcdef1
        private_ipv4s: [10.0.2.9]
        subnet_id: subnet-0123456789abcdef1
        subnet_ipv4_cidr: 10.0.2.0/24
        vpc_id: vpc-0123456789abcdef0
        security_groups: {default: sg-0123456789abcdef1}
"""
USER_DATA = "#cloud-config\npackages: [nginx]\n"
OPENSSH_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHju35eMuOc4sRNXElLAo8lNExJ+MRNJSVbwPwej8Jsw deploy"
)
PRIVATE_HOSTNAME = "ip-10-0-1-9.eu-west-1.compute.internal"
PUBLIC_HOSTNAME = "ec2-203-0-113-25.eu-west-1.compute.amazonaws.com"
