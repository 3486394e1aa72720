import { describe, expect, it } from 'vitest'
import { looksLike } from '../../src/capture/looks-like.ts'
import { collect } from '../support/collect-packets.ts'

const text = (value: string) => new TextEncoder().encode(value)

describe('a file that is no capture', () => {
  it.each([
    ['an empty file', new Uint8Array(0)],
    ['nothing but zeros', new Uint8Array(100)],
    ['gzip data', Uint8Array.of(0x1f, 0x8b, 8, 0)],
    ['an ELF binary', text('\x7fELF\x02\x01')],
    ['a PNG image', Uint8Array.of(0x89, 0x50, 0x4e, 0x47)],
    ['a ZIP archive', text('PK\x03\x04')],
    ['a tar archive', Uint8Array.from([...new Uint8Array(257), ...text('ustar\0')])],
    ['a text file', text('GET / HTTP/1.1\r\nHost: example\r\n')],
    ['a text file', text('größer')],
    ['a text file', Uint8Array.of(0xff, 0xfe, 0x41, 0)],
    ['a script', text('#!/bin/sh\ntcpdump')],
    ['a JSON file', text('\n{ "schema": 1 }')],
    ['a JSON file', text('[{"a":1}]')],
    ['an HTML page', text('<!DOCTYPE html><html>')],
    ['an XML file', text('<?xml version="1.0"?>')],
    ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\n')],
    ['a NetXRay capture', text('XCP\x00')],
    ['binary data that starts with 00 47 2f 00', Uint8Array.of(0, 0x47, 0x2f, 0, 9)],
    ['binary data that starts with 03', Uint8Array.of(3)],
  ])('looks like %s', (name, bytes) => {
    expect(looksLike(bytes).name).toBe(name)
  })

  it('is told by the error, with what to do', () => {
    const { error } = collect(text('XCP\x00'))
    expect(error).toMatchObject({ code: 'not-a-capture', offset: 0 })
    expect(error?.message).toBe(
      'expected a pcap, pcapng, snoop or NetMon capture, found a NetXRay capture; convert it: editcap FILE out.pcapng',
    )
  })

  it('is told with what it was unpacked from', () => {
    const { error } = collect(text('hello'), { fileIndex: 0, unpackedFrom: 'a gzip' })
    expect(error?.message).toBe('expected a pcap, pcapng, snoop or NetMon capture, found a gzip of a text file')
  })

  it('without a byte is empty', () => {
    expect(collect(new Uint8Array(0)).error?.code).toBe('empty')
  })

  it('is known from the start of a capture that is cut within its first 8 bytes', () => {
    expect(collect(Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1)).info).toMatchObject({ format: 'pcap', cutShort: true })
  })
})
