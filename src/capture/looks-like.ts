/**
 * What a file is that is no capture: told from its first bytes, so that an error says more than "bad magic".
 */

/** What the bytes look like, with its article: `a text file`, `an ELF binary`; and what to do about it, if anything. */
export interface Likeness {
  name: string
  advice: string | null
}

/** Bytes of the start of a file that are enough for `looksLike`. */
export const LIKENESS_LENGTH = 512

/** Says what the first `LIKENESS_LENGTH` bytes of a file (or all, when it is shorter) look like. */
export function looksLike(bytes: Uint8Array): Likeness {
  if (bytes.length === 0) return { name: 'an empty file', advice: null }
  const signature = SIGNATURES.find((each) => startsWith(bytes, each.at ?? 0, each.bytes))
  if (signature !== undefined) return { name: signature.name, advice: signature.advice ?? null }
  if (bytes.every((byte) => byte === 0)) return { name: 'nothing but zeros', advice: null }
  if (isText(bytes)) return { name: likenessOfText(new TextDecoder().decode(bytes)), advice: null }
  const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return { name: `binary data that starts with ${start}`, advice: null }
}

interface Signature {
  /** Offset in the file. Default 0. */
  at?: number
  bytes: string | readonly number[]
  name: string
  advice?: string
}

const CONVERT = 'convert it: editcap FILE out.pcapng'
const DECOMPRESS = 'decompress it first'

const SIGNATURES: readonly Signature[] = [
  { bytes: [0x1f, 0x8b], name: 'gzip data', advice: DECOMPRESS },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: 'zstd data', advice: DECOMPRESS },
  { bytes: [0x04, 0x22, 0x4d, 0x18], name: 'lz4 data', advice: DECOMPRESS },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], name: 'xz data', advice: 'decompress it first: xz -dc FILE | finwait -' },
  { bytes: 'BZh', name: 'bzip2 data', advice: 'decompress it first: bzip2 -dc FILE | finwait -' },
  { bytes: 'PK\x03\x04', name: 'a ZIP archive', advice: 'unpack it first' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], name: 'a 7-Zip archive', advice: 'unpack it first' },
  { bytes: 'Rar!', name: 'a RAR archive', advice: 'unpack it first' },
  { at: 257, bytes: 'ustar', name: 'a tar archive', advice: 'unpack it first' },
  { bytes: 'XCP\0', name: 'a NetXRay capture', advice: CONVERT },
  { bytes: 'TRSNIFF data', name: 'a Network General Sniffer capture', advice: CONVERT },
  { bytes: 'iptrace ', name: 'an AIX iptrace', advice: CONVERT },
  { bytes: 'btsnoop\0', name: 'a Bluetooth HCI capture', advice: 'it holds no TCP' },
  { bytes: '+---------+', name: 'a K12 text capture', advice: CONVERT },
  { bytes: '\x7fELF', name: 'an ELF binary' },
  { bytes: 'MZ', name: 'a Windows program' },
  { bytes: [0xcf, 0xfa, 0xed, 0xfe], name: 'a macOS binary' },
  { bytes: [0xca, 0xfe, 0xba, 0xbe], name: 'a Java class' },
  { bytes: '\0asm', name: 'a WebAssembly module' },
  { bytes: '\x89PNG', name: 'a PNG image' },
  { bytes: [0xff, 0xd8, 0xff], name: 'a JPEG image' },
  { bytes: 'GIF8', name: 'a GIF image' },
  { bytes: '%PDF', name: 'a PDF document' },
  { bytes: 'SQLite format 3\0', name: 'an SQLite database' },
  { bytes: 'LPKSHHRH', name: 'a systemd journal' },
  { bytes: 'version https://git-lfs', name: 'a Git LFS pointer', advice: 'fetch the file: git lfs pull' },
]

function startsWith(bytes: Uint8Array, at: number, expected: string | readonly number[]): boolean {
  if (bytes.length < at + expected.length) return false
  for (let index = 0; index < expected.length; index++) {
    const value = typeof expected === 'string' ? expected.charCodeAt(index) : expected[index]
    if (bytes[at + index] !== value) return false
  }
  return true
}

/** UTF-8 or UTF-16 with its mark, or bytes without any control character that texts do not have. */
function isText(bytes: Uint8Array): boolean {
  if (startsWith(bytes, 0, [0xff, 0xfe]) || startsWith(bytes, 0, [0xfe, 0xff])) return true
  return bytes.every((byte) => byte >= 0x20 || (byte >= 0x07 && byte <= 0x0d) || byte === 0x1b)
}

function likenessOfText(text: string): string {
  const start = text.trimStart()
  if (start.startsWith('#!')) return 'a script'
  if (/^<(!doctype html|html)/i.test(start)) return 'an HTML page'
  if (start.startsWith('<?xml')) return 'an XML file'
  if (/^(\{\s*["}]|\[\s*[\][{"\d-])/.test(start)) return 'a JSON file'
  return 'a text file'
}
