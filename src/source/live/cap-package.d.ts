/**
 * What finwait uses of cap 0.2.1, which has no types of its own.
 */
declare module 'cap' {
  interface Device {
    name: string
    description?: string
    addresses: { addr?: string }[]
  }

  class Cap {
    static deviceList(): Device[]
    /** Writes packets into `buffer`, which the caller must keep: the package does not. Returns the name of the link type. */
    open(device: string, filter: string, ringBytes: number, buffer: Buffer): string
    close(): void
    /** `byteCount` bytes are in the buffer, and maybe more were in the packet. */
    on(event: 'packet', listener: (byteCount: number, isTruncated: boolean) => void): this
  }

  const cap: { Cap: typeof Cap }
  export default cap
}
