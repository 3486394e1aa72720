/**
 * `npm run bench`: makes captures, has finwait and the tools that are installed read them in turn, and writes
 * docs/performance.md. `-- --only web,small` measures those again and keeps the rest, `--rounds 5` is more exact,
 * `--scale 0.1` is quick, `--keep` writes the page anew and measures nothing. Each case is kept as soon as it is
 * measured: an hour that is broken off is not lost.
 *
 * Needs GNU time. The captures of all cases take 10 GB in the temporary folder, one at a time 3 GB.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { makeCapture } from './captures.ts'
import { CASES, type Case, type Result } from './cases.ts'
import { type Cost, canMeasure, measure } from './measure.ts'
import { performancePage } from './page.ts'
import { FINWAIT, installedPeers, type Peer, TCPDUMP } from './peers.ts'

const RESULTS = 'bench/results.json'
const PAGE = 'docs/performance.md'
/** A tool that takes longer runs once only. */
const SLOW_SECONDS = 20
/** tcptrace takes 8.1 GB for a million connections; a flood of five million is more than any tool should have. */
const LIMITS = { seconds: 180, gigabytes: Math.min(10, Math.floor((0.7 * freemem()) / 1e9)) }

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    scale: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
})

function wanted(): readonly Case[] {
  if (values.keep) return []
  const names = values.only?.split(',') ?? CASES.map(({ name }) => name)
  return names.map((name) => {
    const found = CASES.find((asked) => asked.name === name)
    if (!found) throw new Error(`--only ${name}: one of ${CASES.map((asked) => asked.name).join(', ')}`)
    return found
  })
}

function machine(): string {
  const [{ model = 'unknown' } = {}] = cpus()
  return `${cpus().length} × ${model.trim()}, Node ${process.versions.node}, ${process.platform}`
}

function run(asked: Case, folder: string): Result {
  const connections = Math.max(1, Math.round(asked.connections * Number(values.scale)))
  const plain = join(folder, `${asked.kind}.${asked.container}`)
  const { packets, bytes } = makeCapture(plain, asked.kind, connections, asked.container)
  if (asked.isGzip) spawnSync('gzip', [plain])
  const file = asked.isGzip ? `${plain}.gz` : plain
  const tools = installedPeers(asked.isGzip).filter(
    ({ peer: { name } }) => asked.shows === 'peers' || name === FINWAIT.name || name === TCPDUMP,
  )
  const rounds = measureInTurn(
    tools.map(({ peer }) => peer),
    file,
  )
  const size = asked.isGzip ? statSync(file).size : bytes
  rmSync(file)
  return {
    name: asked.name,
    connections,
    packets,
    bytes: size,
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: Object.fromEntries(tools.map(({ peer, version }) => [peer.name, version])),
    rounds,
  }
}

/** All tools once, then all again, each round beginning with another: a machine that gets slower does so for all. */
function measureInTurn(tools: readonly Peer[], file: string): Record<string, Cost>[] {
  const rounds: Record<string, Cost>[] = []
  let fast = tools
  for (let round = 0; round < Number(values.rounds); round++) {
    const costs: Record<string, Cost> = {}
    const from = round % fast.length
    for (const tool of [...fast.slice(from), ...fast.slice(0, from)]) {
      const command = tool.command.map((word) => (word === 'FILE' ? file : word))
      const isNode = tool.command[0] === 'node'
      const cost = measure(command, { ...LIMITS, gigabytes: isNode ? null : LIMITS.gigabytes })
      process.stderr.write(`${file} ${tool.name}: ${cost ? `${cost.cpuSeconds.toFixed(2)} s` : 'failed'}\n`)
      if (cost) costs[tool.name] = cost
    }
    fast = fast.filter(({ name }) => (costs[name]?.cpuSeconds ?? Number.POSITIVE_INFINITY) < SLOW_SECONDS)
    rounds.push(costs)
    if (fast.length === 0) break
  }
  return rounds
}

function readResults(): Result[] {
  return existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : []
}

function writeResults(results: readonly Result[]): void {
  writeFileSync(RESULTS, `[\n${results.map((result) => JSON.stringify(result)).join(',\n')}\n]\n`)
  writeFileSync(PAGE, performancePage(results))
}

if (!canMeasure()) throw new Error('GNU time is missing: apt-get install time')
const folder = mkdtempSync(join(tmpdir(), 'finwait-bench-'))
try {
  const results = new Map(readResults().map((result) => [result.name, result]))
  const write = () => writeResults(CASES.flatMap(({ name }) => results.get(name) ?? []))
  for (const asked of wanted()) {
    results.set(asked.name, run(asked, folder))
    write()
  }
  if (values.keep) write()
} finally {
  rmSync(folder, { recursive: true })
}
