/**
 * What goes over the network while code under test runs, analyzed.
 */
import { connectionOf } from '../analysis/analyze-bytes.ts'
import { Analyzer } from '../analysis/analyzer.ts'
import type { ConnectionReport, Report } from '../report/model.ts'
import { type Ability, chooseEngine } from '../source/live/choose-engine.ts'
import type { CaptureRequest } from '../source/live/engine.ts'
import { listInterfaces } from '../source/live/interfaces.ts'
import { LiveCapture } from '../source/live/live-capture.ts'
import { PacketMemory } from './packet-memory.ts'
import { remembered } from './subject.ts'

export interface RecordOptions {
  /** Default: the loopback interface. */
  interface?: string
  /** In the language of pcap-filter(7); default `tcp`. */
  filter?: string
  /** Only segments from and to this port. */
  port?: number
}

/** Of a test runner that can skip a test while it runs. */
export interface SkippingRecordOptions extends RecordOptions {
  /** Whether the test fails where nothing can capture, instead of being skipped. */
  isRequired?: boolean
}

/** Nothing can capture here; the message says what is missing, and how to get it. */
export class CannotCapture extends Error {
  override readonly name = 'CannotCapture'
}

/** Headers are enough for states. */
const SNAPLEN = 256
const BUFFER_MEGABYTES = 16

/**
 * Captures while `run` runs, and analyzes what was captured; `captures[0].dropped` says what was lost. What `run` throws
 * passes through.
 *
 * @throws CannotCapture when no program can capture here
 * @throws SourceError for a filter that is none, or when the capture ended early
 */
export async function recordCapture(run: () => unknown, options: RecordOptions = {}): Promise<Report> {
  const capture = await start(options)
  const connections: ConnectionReport[] = []
  const analyzer = new Analyzer({}, (connection) => connections.push(connection))
  const memory = new PacketMemory(analyzer)
  analyzer.beginCapture(capture.request.interface)
  const reading = capture.read(memory, analyzer.timeBase, 0)
  try {
    await run()
  } finally {
    await capture.stop()
  }
  const { info, error } = await reading
  if (error !== null) throw error
  analyzer.endCapture(info, 'none')
  const report: Report = { ...analyzer.finish(), connections }
  connections.sort((a, b) => a.connection - b.connection)
  return remembered(report, (connection) =>
    connectionOf(connection, (again) => {
      again.beginCapture('')
      again.timeBase.seconds = analyzer.timeBase.seconds
      memory.replay(again)
    }),
  )
}

async function start({ interface: name, filter = 'tcp', port }: RecordOptions): Promise<LiveCapture> {
  const request: CaptureRequest = {
    interface: name ?? (await loopback()),
    filter: port === undefined ? filter : `(${filter}) and tcp port ${port}`,
    snaplen: SNAPLEN,
    bufferMegabytes: BUFFER_MEGABYTES,
  }
  const choice = await chooseEngine('auto', request.interface)
  if ('engine' in choice) return LiveCapture.start(choice.engine, request)
  throw new CannotCapture(`cannot capture on ${request.interface}: ${choice.map(refusalText).join('; ')}`)
}

async function loopback(): Promise<string> {
  const found = (await listInterfaces()).find(({ isLoopback, isUp }) => isLoopback && isUp)
  if (found === undefined) throw new CannotCapture('there is no loopback interface that is up')
  return found.name
}

function refusalText({ error, remedy }: Ability): string {
  return `${error?.message ?? ''}${remedy === null ? '' : ` (${remedy.command})`}`
}
