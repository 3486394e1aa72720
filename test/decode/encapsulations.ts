/**
 * Every way in which a packet reaches its TCP segment, for the tests that want all of them: what stands in front of
 * `tcpIp(INNER)`, the link type, and the path that the decoder should report.
 */

import {
  addressBytes,
  bytes,
  ethernet,
  ipv4,
  ipv6,
  type TcpPacketFields,
  tcp,
  tcpIp,
  u16,
  u32,
  udp,
} from '../support/build-packet.ts'

/** The segment inside each of them. */
export const INNER: TcpPacketFields = {
  source: '192.0.2.1',
  destination: '198.51.100.7',
  sourcePort: 40001,
  destinationPort: 443,
  seq: 0x11223344,
  ack: 0x55667788,
  flags: 'SA',
  window: 1234,
  options: bytes('020405b4 01030307'),
  payload: bytes('68656c6c6f'),
}

export interface Encapsulation {
  name: string
  linkType: number
  data: Uint8Array
  path: string[]
}

const inner = tcpIp(INNER)
const inner6 = ipv6({ nextHeader: 4, payload: inner })
const frame = ethernet({ payload: inner })
const snap = bytes('aaaa03 000000 0800', inner)

const link = (name: string, linkType: number, ...data: Parameters<typeof bytes>): Encapsulation => ({
  name,
  linkType,
  data: bytes(...data),
  path: [],
})

const LINKS: Encapsulation[] = [
  link('NULL, little-endian', 0, '02000000', inner),
  link('NULL, big-endian', 0, '00000002', inner),
  link('ETHERNET', 1, frame),
  link('ETHERNET with 802.3 length and SNAP', 1, '020000000002020000000001', u16(snap.length), snap, '000000'),
  link('IEEE802_5', 6, '1040 020000000002 020000000001', snap),
  link('IEEE802_5, source routed', 6, '1040 020000000002 820000000001 0690 0011 0020', snap),
  link('ARCNET_BSD, RFC 1051', 7, '0102f0', inner),
  link('ARCNET_BSD, RFC 1201', 7, '0102d4000001', inner),
  link('ARCNET_LINUX', 129, '01020000d4000001', inner),
  link('SLIP', 8, new Uint8Array(16), inner),
  link('PPP', 9, '0021', inner),
  link('PPP, HDLC-like framing', 50, 'ff030021', inner),
  link('PPP, compressed protocol', 9, '21', inner),
  link('PPP, Cisco HDLC', 50, '0f000800', inner),
  link('FDDI', 10, '50020000000002020000000001', snap),
  link('RAW', 101, inner),
  link('RAW as DLT 12', 12, inner),
  link('ATM_RFC1483', 100, snap),
  link('C_HDLC', 104, '0f000800', inner),
  link('IEEE802_11', 105, '08010000', new Uint8Array(20), snap),
  link('IEEE802_11, QoS, four addresses', 105, '88030000', new Uint8Array(28), snap),
  link('FRELAY, RFC 2427', 107, '184103cc', inner),
  link('FRELAY, SNAP', 107, '1841030080 000000 0800', inner),
  link('FRELAY, Cisco', 107, '18410800', inner),
  link('LOOP', 108, '00000002', inner),
  link('ENC', 109, new Uint8Array(12), inner),
  link('LINUX_SLL', 113, '0000 0001 0006 020000000001 0000 0800', inner),
  link('PFLOG', 117, '3d020000', new Uint8Array(60), inner),
  link('IEEE802_11_PRISM', 119, '00000044 00000090', new Uint8Array(136), '08010000', new Uint8Array(20), snap),
  link('IEEE802_11_AVS', 163, '80211001 00000040', new Uint8Array(56), '08010000', new Uint8Array(20), snap),
  link('IP_OVER_FC', 122, new Uint8Array(16), snap),
  link('SUNATM', 123, '02000064', snap),
  link('IEEE802_11_RADIOTAP', 127, '0000 0900 02000000 10', '08010000', new Uint8Array(20), snap, '00000000'),
  link(
    'IEEE802_11_RADIOTAP, timestamp, header padded',
    127,
    '0000 1900 030000a0 00000020 00000000',
    new Uint8Array(8),
    '20',
    '88010000',
    new Uint8Array(24),
    snap,
  ),
  link('APPLE_IP_OVER_IEEE1394', 138, new Uint8Array(16), '0800', inner),
  link('PPP_PPPD', 166, '00030021', inner),
  link('JUNIPER_ETHER', 178, '4d4743 80 0004 03010106', frame),
  link('JUNIPER_PPP', 179, '4d4743 00', '0021', inner),
  link('JUNIPER_FRELAY', 180, '4d4743 00', '184103cc', inner),
  link('JUNIPER_CHDLC', 181, '4d4743 00', '0f000800', inner),
  link('ERF', 197, new Uint8Array(8), '02 04 0000 0000 0000', '0000', frame),
  link('ERF with extension headers', 197, new Uint8Array(8), '96 04 0000 0000 0000', '80', new Uint8Array(15), inner),
  link('LANE8023', 110, '0000', frame),
  link('EPON', 259, '55555555555555d5', frame),
  link('PPP, multilink', 9, 'ff03003d c0000001 0021', inner),
  link('PPI', 192, '0000 0800 01000000', frame),
  link('PPP_WITH_DIR', 204, '01ff030021', inner),
  link('C_HDLC_WITH_DIR', 205, '010f000800', inner),
  link('FRELAY_WITH_DIR', 206, '01184103cc', inner),
  link('IPNET', 226, new Uint8Array(24), inner),
  link('IPV4', 228, inner),
  link('NFLOG', 239, '02000000 0800 0100 0800 0100', bytesOfNflog()),
  link('NETANALYZER', 240, '00000000', frame),
  link('IPOIB', 242, new Uint8Array(40), '08000000', inner),
  link('PKTAP', 258, '6c000000 01000000 01000000', new Uint8Array(96), frame),
  link('ETHERNET_MPACKET', 274, '55555555555555d5', frame),
  link('LINUX_SLL2', 276, '0800 0000 00000001 0001 00 06 0200000000010000', inner),
  link('DSA_TAG_DSA', 284, '020000000002020000000001 c0000001 0800', inner),
]

/** The payload item of NFLOG: host byte order, here little-endian. */
function bytesOfNflog(): Uint8Array {
  const length = inner.length + 4
  return bytes(length & 255, length >> 8, '0900', inner)
}

const tagged = (name: string, path: string[], ...data: Parameters<typeof bytes>): Encapsulation => ({
  name,
  linkType: 1,
  data: bytes('020000000002020000000001', ...data),
  path,
})

const TAGS: Encapsulation[] = [
  tagged('802.1Q', ['vlan 10'], '8100 a00a 0800', inner),
  tagged('802.1Q priority tag', [], '8100 a000 0800', inner),
  tagged('802.1ad', ['vlan 10', 'vlan 20'], '88a8 000a 8100 0014 0800', inner),
  tagged('QinQ of old', ['vlan 10', 'vlan 20', 'vlan 30'], '9100 000a 9100 0014 8100 001e 0800', inner),
  tagged('802.1Q with 802.3 length', ['vlan 10'], '8100 000a', u16(snap.length), snap),
  tagged('MPLS', ['mpls'], '8847 00010040 00011140', inner),
  tagged('MPLS pseudowire', ['mpls'], '8847 00011140', frame),
  tagged('MPLS pseudowire with control word', ['mpls'], '8847 00011140 00000000', frame),
  tagged('PPPoE', ['pppoe 9'], '8864 11000009', u16(inner.length + 2), '0021', inner, '0000'),
  tagged('PPP over Ethernet type', [], '880b 0021', inner),
  tagged('802.1ah', ['pbb 1193046'], '88e7 00123456', frame),
  tagged('E-Tag', [], '893f 100000d80000 0800', inner),
  tagged('VN-Tag', [], '8926 00000033 0800', inner),
  tagged('FabricPath', [], '8903 4020', frame),
  tagged('MACsec that only authenticates', [], '88e5 000000000001 0800', inner, new Uint8Array(16)),
  tagged('MACsec that only authenticates, with channel', [], '88e5 200000000001 0102030405060708 0800', inner),
  tagged('Jumbo LLC', [], '8870', snap),
  tagged('LLC, bridged Ethernet', [], u16(frame.length + 10), 'aaaa03 0080c2 0007 0000', frame),
  tagged('NSH', [], '894f 0fc20101 00000a01', inner),
]

const over = (name: string, protocol: number, path: string[], ...data: Parameters<typeof bytes>): Encapsulation => ({
  name,
  linkType: 101,
  data: ipv4({ protocol, payload: bytes(...data) }),
  path,
})

const overUdp = (name: string, port: number, path: string[], ...data: Parameters<typeof bytes>): Encapsulation => ({
  name,
  linkType: 101,
  data: ipv4({ protocol: 17, payload: udp({ destinationPort: port, payload: bytes(...data) }) }),
  path,
})

const TUNNELS: Encapsulation[] = [
  over('IP in IP', 4, ['ipip'], inner),
  over('6in4', 41, ['ipip', 'ipip'], inner6),
  { name: '4in6', linkType: 101, data: inner6, path: ['ipip'] },
  over('GRE', 47, ['gre'], '00000800', inner),
  over('GRE with checksum, key and sequence number', 47, ['gre key 7'], 'b0000800 00000000 00000007 00000001', inner),
  over('GRE, transparent Ethernet (NVGRE)', 47, ['gre key 1280'], '20006558 00000500', frame),
  over('GRE with WCCP redirect header', 47, ['gre'], '0000883e 00000000', inner),
  over('GRE version 1, PPP (PPTP)', 47, ['gre'], '3081880b 00000000 00000001 00000002 ff030021', inner),
  over('GRE version 1, EoIP', 47, ['gre'], '20016400 00000000', frame),
  over('ERSPAN I', 47, ['erspan 0'], '000088be', frame),
  over('ERSPAN II', 47, ['erspan 5'], '100088be 00000001 10000005 00000000', frame),
  over('ERSPAN III', 47, ['erspan 6'], '100022eb 00000001 20000006 00000000 00000001', new Uint8Array(8), frame),
  over('EtherIP', 97, ['etherip'], '3000', frame),
  over('MPLS in IP', 137, ['mpls'], '00011140', inner),
  over('Ethernet in IP', 143, [], frame),
  overUdp('VXLAN', 4789, ['vxlan 5'], '08000000 00000500', frame),
  overUdp('VXLAN, port of old', 8472, ['vxlan 16777215'], '08000000 ffffff00', frame),
  overUdp('VXLAN-GPE', 4790, ['vxlan 5'], '0c000001 00000500', inner),
  overUdp('Geneve with options', 6081, ['geneve 5'], '02006558 00000500 0000000100000000', frame),
  overUdp('GTP-U', 2152, ['gtp-u'], '30ff', u16(inner.length), u32(9), inner),
  overUdp(
    'GTP-U with extension headers',
    2152,
    ['gtp-u'],
    '34ff',
    u16(inner.length + 8),
    u32(9),
    '00000085 01000900',
    inner,
  ),
  overUdp('Teredo', 3544, ['teredo', 'ipip'], inner6),
  overUdp(
    'Teredo with indications',
    3544,
    ['teredo', 'ipip'],
    '00010000',
    new Uint8Array(9),
    '0000',
    new Uint8Array(6),
    inner6,
  ),
  overUdp('L2TPv2', 1701, ['l2tp'], '0202 00010002 0002 0000 ff030021', inner),
  overUdp('AYIYA', 5072, ['ayiya', 'ipip'], '44510029 00000000', new Uint8Array(16 + 20), inner6),
  overUdp('LISP', 4341, ['lisp'], new Uint8Array(8), inner),
  overUdp('GRE in UDP', 4754, ['gre'], '00000800', inner),
  overUdp('MPLS in UDP', 6635, ['mpls'], '00011140', inner),
  overUdp('TZSP', 37008, ['tzsp'], '01000001 000a0100 01', frame),
  {
    name: 'VLAN, VXLAN, VLAN, GRE',
    linkType: 1,
    data: ethernet({
      vlans: [10],
      payload: ipv4({
        protocol: 17,
        payload: udp({
          destinationPort: 4789,
          payload: bytes(
            '08000000 00000500',
            ethernet({ vlans: [20], payload: ipv4({ protocol: 47, payload: bytes('20000800 00000007', inner) }) }),
          ),
        }),
      }),
    }),
    path: ['vlan 10', 'vxlan 5', 'vlan 20', 'gre key 7'],
  },
]

/** Extension headers in front of TCP itself. */
const extension = (name: string, nextHeader: number, header: string): Encapsulation => ({
  name,
  linkType: 101,
  data: ipv6({ nextHeader, payload: bytes(header, tcp(INNER)) }),
  path: [],
})

export const EXTENSIONS: Encapsulation[] = [
  extension('hop-by-hop options', 0, '06 00 050200000100'),
  extension('destination options', 60, '06 01 0104 00000000 0104 00000000 0000'),
  extension('routing', 43, `06 02 0000 00000000 ${hexOf(addressBytes('2001:db8::9'))}`),
  extension('atomic fragment', 44, '06 00 0000 00000007'),
  extension('AH', 51, '06 01 0000 00000001 00000001'),
  {
    name: 'AH in IPv4',
    linkType: 101,
    data: ipv4({ protocol: 51, payload: bytes('06 04 0000 00000001 00000001', new Uint8Array(12), tcp(INNER)) }),
    path: [],
  },
  extension('hop-by-hop, then destination options', 0, '3c 00 050200000100 06 00 010400000000'),
]

function hexOf(data: Uint8Array): string {
  return [...data].map((value) => value.toString(16).padStart(2, '0')).join('')
}

export const ENCAPSULATIONS: Encapsulation[] = [...LINKS, ...TAGS, ...TUNNELS]
