import { describe, expect, it } from 'vitest'
import { Progress, progressText } from '../../src/cli/progress.ts'
import { FakeOutput } from '../support/fake-process.ts'

describe('progress', () => {
  it('is silent for the first second, then one line that is taken away again', () => {
    let now = 5000
    const stderr = new FakeOutput()
    const progress = new Progress(stderr, () => now)
    progress.begin('a.pcap')
    now += 900
    progress.update(4e6, 4e7, 1000)
    progress.clear()
    expect(stderr.text).toBe('')
    now += 100
    progress.update(5e6, 4e7, 1000)
    now += 50
    progress.update(6e6, 4e7, 1000)
    expect(stderr.text).toBe('\r\x1b[Ka.pcap: 5.0 of 40.0 MB (12 %), 1,000 packets/s, 7 s left')
    progress.clear()
    progress.clear()
    expect(stderr.text.slice(-4)).toBe('\r\x1b[K')
    expect(stderr.text.match(/\r/g)?.length).toBe(2)
  })

  it('takes a terminal that does not know its width for one of 80 columns', () => {
    let now = 0
    const stderr = new FakeOutput()
    stderr.columns = 0
    const progress = new Progress(stderr, () => now)
    progress.begin(`${'long/'.repeat(30)}a.pcap`)
    now = 2000
    progress.update(5e6, 4e7, 1000)
    expect(stderr.text.length - '\r\x1b[K'.length).toBe(79)
  })

  it('stays on one line of the terminal', () => {
    let now = 0
    const stderr = new FakeOutput()
    stderr.columns = 40
    const progress = new Progress(stderr, () => now)
    progress.begin(`${'long/'.repeat(30)}a.pcap`)
    now = 2000
    progress.update(5e6, 4e7, 1000)
    expect(stderr.text.length - '\r\x1b[K'.length).toBe(39)
    expect(stderr.text.endsWith('14 s left')).toBe(true)
  })

  it.each([
    [{ bytesRead: 1.2e9, bytesTotal: 4e9, packets: 2e6 }, 10, 'x: 1.2 of 4.0 GB (30 %), 200,000 packets/s, 24 s left'],
    [{ bytesRead: 8e6, bytesTotal: null, packets: 100 }, 4, 'x: 8.0 MB, 25 packets/s'],
    [{ bytesRead: 4e6, bytesTotal: 4e9, packets: 1000 }, 2, 'x: 0.0 of 4.0 GB (0 %), 500 packets/s, 33 min 18 s left'],
    [{ bytesRead: 5e6, bytesTotal: 4e6, packets: 1000 }, 2, 'x: 5.0 of 4.0 MB (125 %), 500 packets/s, 0 s left'],
  ])('%j after %d s', (reading, seconds, text) => {
    expect(progressText({ name: 'x', ...reading }, seconds)).toBe(text)
  })
})
