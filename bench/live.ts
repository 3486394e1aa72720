/**
 * `npm run bench:live`: whether `finwait live` keeps up, and whether its memory stays flat. Figures are in docs/live.md.
 *
 * An hour of churn is a capture that goes by again and again through the same code as packets of an interface, as fast as
 * it can. Loopback is real sockets in a network namespace of its own, for five seconds; it needs root and python3.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Packet } from '../src/capture/packet.ts'
import { readCaptureBytes } from '../src/capture/read-capture-bytes.ts'
import { Watch } from '../src/live/watch.ts'
import type { Report } from '../src/report/model.ts'
import { makeCapture } from './captures.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** So many connections come at once, and again after a while, for an hour. */
const BATCH = 500
const EVERY_NS = 30e9
const BATCHES = 120
const TURN_NS = 0.1e9
/** TIME-WAIT lasts 10 s, so that a batch is forgotten before the next one has the same ports. */
const MSL_SECONDS = 5
const LOOPBACK_SECONDS = 5
const LOOPBACK_CONNECTIONS = 64
/** Of /proc/PID/stat, on Linux. */
const TICKS_PER_SECOND = 100

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Bytes that are in use, garbage left out where Node lets it be collected (--expose-gc). */
function megabytes(): number {
  globalThis.gc?.()
  return Math.round(process.memoryUsage().heapUsed / 1e6 + process.memoryUsage().arrayBuffers / 1e6)
}

/** Many short connections: what a connection costs, and whether anything of it is left. */
function churn(folder: string): void {
  const path = join(folder, 'churn.pcap')
  makeCapture(path, 'small', BATCH, 'pcap')
  const bytes = readFileSync(path)
  let connections = 0
  let told = 0
  const count = () => void told++
  const watch = new Watch({ mslSeconds: MSL_SECONDS }, () => void connections++, { transition: count, finding: count })
  watch.analyzer.beginCapture('eth0')
  const began = process.cpuUsage()
  const memory: number[] = []
  for (let batch = 0; batch < BATCHES; batch++) {
    const sink = {
      packet(packet: Packet) {
        packet.timeNs += batch * EVERY_NS
        if (packet.timeNs - watch.nowNs > TURN_NS) watch.advance(packet.timeNs, () => true)
        watch.packet(packet)
      },
    }
    readCaptureBytes(bytes, sink, watch.analyzer.timeBase, 0)
    for (let turn = 1; turn < (EVERY_NS - 1e9) / TURN_NS; turn++) watch.advance(watch.nowNs + TURN_NS, () => true)
    if (batch % 20 === 19) memory.push(megabytes())
  }
  const { user, system } = process.cpuUsage(began)
  const seconds = (user + system) / 1e6
  print(`an hour of churn: ${connections} connections over, ${watch.connections.size} alive, ${told} lines`)
  print(
    `  ${Math.round(watch.packets / seconds)} packets and ${Math.round(connections / seconds)} connections per second of processor time`,
  )
  print(`  memory in use after each ten minutes, in MB: ${memory.join(', ')}`)
}

/** Few connections that send all they can: what a packet costs. */
function loopback(folder: string): void {
  const report = join(folder, 'report.json')
  const script = `
    ip link set lo up mtu 400 && ip link set lo gso_max_segs 1
    ${process.execPath} bin/finwait.js live -q -i lo --format json -o ${report} & finwait=$!
    sleep 2
    ticks() { cut -d' ' -f14,15 /proc/$finwait/stat; }
    ticks
    python3 bench/flood.py ${LOOPBACK_SECONDS} ${LOOPBACK_CONNECTIONS}
    sleep 1
    ticks
    kill -INT $finwait
    wait $finwait`
  const { stdout, stderr } = spawnSync('unshare', ['--net', 'sh', '-c', script], { cwd: ROOT, encoding: 'utf8' })
  if (stderr !== '') print(stderr)
  const [capture] = (JSON.parse(readFileSync(report, 'utf8')) as Report).captures
  const seconds = (Date.parse(capture!.end!) - Date.parse(capture!.start!)) / 1000
  print(`loopback: ${capture!.packets} packets of ${LOOPBACK_CONNECTIONS} connections in ${seconds.toFixed(1)} s`)
  print(`  ${Math.round(capture!.packets / seconds)} packets/s, lost: ${JSON.stringify(capture!.live!.drops)}`)
  const [userBefore = 0, systemBefore = 0, user = 0, system = 0] = stdout.trim().split(/\s+/).map(Number)
  const took = (user + system - userBefore - systemBefore) / TICKS_PER_SECOND
  print(
    `  finwait took ${took.toFixed(2)} s of processor time: ${Math.round(capture!.packets / took)} packets per second of it`,
  )
}

const folder = mkdtempSync(join(tmpdir(), 'finwait-bench-'))
try {
  writeFileSync(join(folder, 'report.json'), '')
  churn(folder)
  if (process.getuid?.() === 0) loopback(folder)
  else print('loopback: needs root')
} finally {
  rmSync(folder, { recursive: true })
}
