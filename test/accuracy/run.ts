/**
 * `npm run accuracy`: asks the tools that are installed, and writes docs/accuracy.md. What a missing tool said before
 * stays as it was. With `-- --keep` none is asked: only finwait's part is made anew, in a second.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { accuracyPage } from './document.ts'
import { type PeerVerdicts, readPeerVerdicts, writePeerVerdicts } from './peer-verdicts.ts'
import { ASK, PEERS, type Peer, versionOf } from './peers.ts'
import { allStories } from './stories.ts'
import type { Story } from './story.ts'

const VERDICTS = 'test/accuracy/peer-verdicts.tsv'
const PAGE = 'docs/accuracy.md'

/** The verdicts of before, with those of the installed tools in their place. */
function askAgain(stories: readonly Story[], before: PeerVerdicts): PeerVerdicts {
  const versions = Object.fromEntries(PEERS.map((peer) => [peer, versionOf(peer)])) as Record<Peer, string | null>
  for (const peer of PEERS)
    if (versions[peer] === null) process.stderr.write(`${peer} is not installed: its column stays\n`)
  const installed = PEERS.filter((peer) => versions[peer] !== null)
  const folder = mkdtempSync(join(tmpdir(), 'finwait-accuracy-'))
  const asked = stories.map(({ id, file, capture }): [string, Partial<Record<Peer, string[]>>] => {
    const path = join(folder, file)
    writeFileSync(path, capture)
    const now = Object.fromEntries(installed.map((peer) => [peer, ASK[peer](path)]))
    return [id, { ...before.stories.get(id), ...now }]
  })
  rmSync(folder, { recursive: true })
  const known = installed.map((peer): [Peer, string] => [peer, versions[peer]!])
  return { versions: { ...before.versions, ...Object.fromEntries(known) }, stories: new Map(asked) }
}

const { scenarios, recordings, kernel } = allStories(pathToFileURL('test/scenarios/').href, 'fixtures')
const before = readPeerVerdicts(VERDICTS)
const peers = process.argv.includes('--keep') ? before : askAgain([...scenarios, ...recordings], before)
writePeerVerdicts(VERDICTS, peers)
writeFileSync(PAGE, accuracyPage({ scenarios, recordings, peers, kernel }))
