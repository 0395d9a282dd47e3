"""NetworkPolicies of Kubernetes (networking.k8s.io/v1) as a question and as rules of nftables. Pods are dictionaries: name, namespace, labels,
ip. What is not understood here is refused, never passed over. Run as a program it tests itself."""
import ipaddress

NAMESPACE_LABEL = "kubernetes.io/metadata.name"


def selects(selector, labels):
    """Whether a label selector takes something with these labels."""
    for key in selector:
        if key not in ("matchLabels", "matchExpressions"):
            raise ValueError(f"the selector has {key}")
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    for rule in selector.get("matchExpressions", []):
        value, values = labels.get(rule["key"]), rule.get("values", [])
        fits = {"In": value in values, "NotIn": value not in values, "Exists": value is not None, "DoesNotExist": value is None}
        if not fits[rule["operator"]]:
            return False
    return True


def policies_of(policies, pod, direction):
    """The policies that hold a pod's traffic in one direction, "Ingress" or "Egress"."""
    return [policy for policy in policies
            if policy["metadata"]["namespace"] == pod["namespace"] and selects(policy["spec"]["podSelector"], pod["labels"])
            and direction in policy["spec"]["policyTypes"]]


def is_peer(peer, namespace, pod):
    """Whether a pod, or an address outside, is one that a rule speaks of."""
    if "ipBlock" in peer:
        address, block = ipaddress.ip_address(pod["ip"]), peer["ipBlock"]
        return address in ipaddress.ip_network(block["cidr"]) and not any(
            address in ipaddress.ip_network(part) for part in block.get("except", []))
    if pod["namespace"] is None:
        return False
    spaces = peer.get("namespaceSelector")
    if (pod["namespace"] != namespace) if spaces is None else not selects(spaces, {NAMESPACE_LABEL: pod["namespace"]}):
        return False
    return selects(peer.get("podSelector", {}), pod["labels"])


def is_port(port, number, protocol):
    if not isinstance(port.get("port", 0), int):
        raise ValueError(f"the port {port['port']} is a name")
    first = port.get("port")
    return port.get("protocol", "TCP") == protocol and (first is None or first <= number <= port.get("endPort", first))


def lets(policies, pod, other, direction, number, protocol="TCP"):
    """Whether the policies of one end let a connection to a port through."""
    held = policies_of(policies, pod, direction)
    ways = [rule for policy in held for rule in policy["spec"].get(direction.lower()) or []]
    side = "from" if direction == "Ingress" else "to"
    return not held or any(
        (not rule.get(side) or any(is_peer(peer, pod["namespace"], other) for peer in rule[side]))
        and (not rule.get("ports") or any(is_port(port, number, protocol) for port in rule["ports"])) for rule in ways)


def allowed(policies, source, target, number, protocol="TCP"):
    """Whether a connection is allowed: by the one who calls and by the one who is called."""
    return ((source["namespace"] is None or lets(policies, source, target, "Egress", number, protocol))
            and (target["namespace"] is None or lets(policies, target, source, "Ingress", number, protocol)))


def rules(policies, pod, pods, node):
    """The rules of a pod's own network namespace. Its node may always call it, as kubelets do."""
    lines = ["table inet policies {"]
    for direction, chain, address in (("Ingress", "input", "saddr"), ("Egress", "output", "daddr")):
        held = policies_of(policies, pod, direction)
        lines.append(f"  chain {chain} {{ type filter hook {chain} priority 0; policy {'drop' if held else 'accept'};")
        lines += ["    ct state established,related accept", f"    {'iif' if chain == 'input' else 'oif'} lo accept", "    meta l4proto ipv6-icmp accept"]
        if direction == "Ingress":
            lines.append(f"    ip saddr {node} accept")
        for policy in held:
            for rule in policy["spec"].get(direction.lower()) or []:
                peers = rule.get("from" if direction == "Ingress" else "to")
                whom = [""] if not peers else [text for peer in peers for text in addresses(peer, pod, pods, address)]
                ports = [""] if not rule.get("ports") else [port_rule(port) for port in rule["ports"]]
                lines += [f"    {peer} {port} accept" for peer in whom for port in ports]
        lines.append("  }")
    return "\n".join(lines + ["}", ""])


def addresses(peer, pod, pods, address):
    if "ipBlock" in peer:
        apart = peer["ipBlock"].get("except")
        return [f"ip {address} {peer['ipBlock']['cidr']}" + (f" ip {address} != {{ {', '.join(apart)} }}" if apart else "")]
    return [f"ip {address} {other['ip']}" for other in pods if is_peer(peer, pod["namespace"], other)]


def port_rule(port):
    protocol, first = port.get("protocol", "TCP").lower(), port.get("port")
    if first is None:
        return f"meta l4proto {protocol}"
    if not isinstance(first, int):
        raise ValueError(f"the port {first} is a name")
    return f"{protocol} dport {first}" + (f"-{port['endPort']}" if "endPort" in port else "")


def test():
    def policy(spec, name="p"):
        return {"metadata": {"namespace": "n", "name": name}, "spec": {"policyTypes": ["Ingress", "Egress"], "podSelector": {}, **spec}}

    a, b, c = ({"name": name, "namespace": "n", "labels": {"app": name}, "ip": f"10.0.0.{at}"} for at, name in enumerate("abc", 1))
    dns = {"name": "dns", "namespace": "kube-system", "labels": {"k": "dns"}, "ip": "10.0.0.9"}
    outside = {"name": "outside", "namespace": None, "labels": {}, "ip": "203.0.113.10"}
    deny = policy({})
    to_b = policy({"podSelector": {"matchLabels": {"app": "a"}}, "egress": [{"to": [{"podSelector": {"matchLabels": {"app": "b"}}}], "ports": [{"port": 80}]}]})
    from_a = policy({"podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["b"]}]},
                     "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "a"}}}], "ports": [{"port": 80, "endPort": 82}]}]})
    ask = policy({"egress": [{"to": [{"namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: "kube-system"}}, "podSelector": {"matchLabels": {"k": "dns"}}}],
                              "ports": [{"protocol": "UDP", "port": 53}]}]})
    out = policy({"podSelector": {"matchLabels": {"app": "c"}}, "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}]}]})
    assert allowed([], a, b, 80) and not allowed([deny], a, b, 80)
    assert not allowed([deny, to_b], a, b, 80) and not allowed([deny, from_a], a, b, 80)
    both = [deny, to_b, from_a, ask, out]
    assert allowed(both, a, b, 80) and not allowed(both, a, b, 81) and not allowed(both, b, a, 80) and not allowed(both, c, b, 80)
    assert allowed(both, a, dns, 53, "UDP") and not allowed(both, a, dns, 53)
    assert allowed(both, c, outside, 443) and not allowed(both, a, outside, 443) and not allowed(both, c, a, 443)
    of_a, of_b, of_c = (rules(both, pod, [a, b, c, dns], "10.0.0.254") for pod in (a, b, c))
    assert "ip daddr 10.0.0.2 tcp dport 80 accept" in of_a and "ip daddr 10.0.0.9 udp dport 53 accept" in of_a and "policy accept" not in of_a
    assert "ip saddr 10.0.0.1 tcp dport 80-82 accept" in of_b and "10.0.0.3" not in of_b
    assert "ip daddr 0.0.0.0/0 ip daddr != { 10.0.0.0/8 }  accept" in of_c and "ip saddr 10.0.0.1" not in of_c
    assert rules([], a, [a, b], "10.0.0.254").count("policy accept") == 2
    for wrong in ({"port": "http"},):
        try:
            port_rule(wrong)
            raise AssertionError(wrong)
        except ValueError:
            pass
    print("network policies are translated as they read")


if __name__ == "__main__":
    test()
