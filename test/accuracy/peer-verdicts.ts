/**
 * The other tools' verdicts as a file of this folder, so that the page can be made without the tools: a line for each
 * story and tool, `story TAB tool TAB verdict TAB verdict …`, and one `version TAB tool TAB version` for each tool.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { PEERS, type Peer } from './peers.ts'

export interface PeerVerdicts {
  versions: Partial<Record<Peer, string>>
  /** By story; a tool that was not run has none. */
  stories: Map<string, Partial<Record<Peer, string[]>>>
}

export function readPeerVerdicts(file: string): PeerVerdicts {
  const all: PeerVerdicts = { versions: {}, stories: new Map() }
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [story = '', name, ...verdicts] = line.split('\t')
    const peer = PEERS.find((one) => one === name)
    if (peer === undefined) continue
    if (story === 'version') all.versions[peer] = verdicts[0]!
    else all.stories.set(story, { ...all.stories.get(story), [peer]: verdicts.filter((verdict) => verdict !== '') })
  }
  return all
}

export function writePeerVerdicts(file: string, { versions, stories }: PeerVerdicts): void {
  const lines = Object.entries(versions).map(([peer, version]) => `version\t${peer}\t${version}`)
  for (const [story, byPeer] of stories) {
    for (const peer of PEERS) if (byPeer[peer]) lines.push([story, peer, ...byPeer[peer]].join('\t'))
  }
  writeFileSync(file, `${lines.join('\n')}\n`)
}
