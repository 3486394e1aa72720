/** finwait keeps to each rule of rules.txt; that they are Wireshark's, tshark.test.ts shows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readWithFinwait } from './finwait.ts'
import { readRules } from './rules.ts'

const folder = mkdtempSync(join(tmpdir(), 'finwait-rules-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('rules of streams and of TCP analysis', () => {
  it.each(readRules())('$name', async ({ capture, completeness, connectionStreams, finwait }) => {
    const path = join(folder, 'capture.pcap')
    writeFileSync(path, capture)
    const { streams, anomalies, connections } = await readWithFinwait(path)
    expect(streams.map((stream) => stream.completeness)).toEqual(completeness)
    expect(anomalies).toEqual(finwait)
    if (connectionStreams) expect(connections.map(({ stream }) => stream)).toEqual(connectionStreams)
  })
})
