/**
 * ICMP and ICMPv6 errors as data: what each says, and how connect() fails of it on Linux (icmp_err_convert,
 * icmpv6_err_convert). RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1, RFC 4443 §3.
 */
export interface IcmpError {
  name: string
  errno: string
}

const TIME_EXCEEDED: IcmpError = { name: 'the TTL ran out on the way: a loop', errno: 'EHOSTUNREACH' }

/** By `type.code`; `type` alone where the code does not matter. */
const IPV4: Readonly<Record<string, IcmpError>> = {
  '3.0': { name: 'network unreachable', errno: 'ENETUNREACH' },
  '3.1': { name: 'host unreachable', errno: 'EHOSTUNREACH' },
  '3.2': { name: 'protocol unreachable', errno: 'ENOPROTOOPT' },
  '3.3': { name: 'port unreachable', errno: 'ECONNREFUSED' },
  '3.4': { name: 'packet too big', errno: 'EMSGSIZE' },
  '3.9': { name: 'network prohibited by a firewall', errno: 'ENETUNREACH' },
  '3.10': { name: 'host prohibited by a firewall', errno: 'EHOSTUNREACH' },
  '3.13': { name: 'prohibited by a firewall', errno: 'EHOSTUNREACH' },
  '11': TIME_EXCEEDED,
}

const IPV6: Readonly<Record<string, IcmpError>> = {
  '1.0': { name: 'no route to the network', errno: 'ENETUNREACH' },
  '1.1': { name: 'prohibited by a firewall', errno: 'EACCES' },
  '1.3': { name: 'host unreachable', errno: 'EHOSTUNREACH' },
  '1.4': { name: 'port unreachable', errno: 'ECONNREFUSED' },
  '1.5': { name: 'prohibited by a firewall', errno: 'EACCES' },
  '1.6': { name: 'route rejected', errno: 'EACCES' },
  '2': { name: 'packet too big', errno: 'EMSGSIZE' },
  '3': TIME_EXCEEDED,
}

/** `family`: 4 or 6. */
export function icmpError(family: number, type: number, code: number): IcmpError {
  const table = family === 6 ? IPV6 : IPV4
  const known = table[`${type}.${code}`] ?? table[`${type}`]
  return known ?? { name: `type ${type}, code ${code}`, errno: 'EHOSTUNREACH' }
}
