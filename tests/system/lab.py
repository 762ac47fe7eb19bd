"""Two hops as an ordinary user: server, router and client, each in a network namespace of its own."""

ADDRESS, ADDRESS6 = "169.254.169.254", "fd00:ec2::254"

# The three are inside one user namespace, so that none of it needs root outside.
SETUP = f"""set -e
mount -t tmpfs none /run
mkdir -p /run/netns
for n in rtr cli; do ip netns add $n; ip -n $n link set lo up; done
ip link add s0 type veth peer name r0 netns rtr
ip -n cli link add c0 type veth peer name r1 netns rtr
ip addr add 10.77.1.1/24 dev s0; ip -n rtr addr add 10.77.1.2/24 dev r0
ip -n rtr addr add 10.77.2.2/24 dev r1; ip -n cli addr add 10.77.2.1/24 dev c0
ip -6 addr add fd77:1::1/64 dev s0 nodad; ip -n rtr -6 addr add fd77:1::2/64 dev r0 nodad
ip -n rtr -6 addr add fd77:2::2/64 dev r1 nodad; ip -n cli -6 addr add fd77:2::1/64 dev c0 nodad
ip link set s0 up
ip -n rtr link set r0 up; ip -n rtr link set r1 up; ip -n cli link set c0 up
ip netns exec rtr sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip route add default via 10.77.1.2; ip -6 route add default via fd77:1::2
ip -n cli route add default via 10.77.2.2; ip -n cli -6 route add default via fd77:2::2
ip -n rtr route add {ADDRESS}/32 via 10.77.1.1; ip -n rtr -6 route add {ADDRESS6}/128 via fd77:1::1
"""
