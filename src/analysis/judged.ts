/**
 * One connection, inferred and judged, and the words of the report for it: made when it is over, and of a live one
 * each time that somebody looks.
 */
import type { PathTable } from '../decode/path.ts'
import type { Finding, Story } from '../findings/finding.ts'
import type {
  ConnectionCitation,
  ConnectionReport,
  FindingReport,
  LadderSegment,
  TransitionReport,
} from '../report/model.ts'
import { CLIENT, SERVER, type Transition } from '../tcp/timeline.ts'
import type { Run } from './citation.ts'
import { addressOf, connectionReport, findingReport, transitionReport } from './connection-report.ts'
import { ladderOf } from './ladder.ts'
import type { Losses } from './losses.ts'
import { socketCall } from './socket-calls.ts'

/** What words depend on besides the connection. */
export interface Context {
  run: Run
  paths: PathTable
  losses: Losses
}

export class Judged {
  readonly story: Story
  readonly findings: readonly Finding[]
  private readonly context: Context

  constructor(story: Story, findings: readonly Finding[], context: Context) {
    this.story = story
    this.findings = findings
    this.context = context
  }

  /** Whom it is about. */
  get citation(): ConnectionCitation {
    const { connection } = this.story
    return {
      connection: connection.number,
      client: addressOf(connection, CLIENT),
      server: addressOf(connection, SERVER),
    }
  }

  report(): ConnectionReport {
    const { run, paths, losses } = this.context
    const { path, firstTimeNs, lastTimeNs } = this.story.connection
    const dropped = losses.between(firstTimeNs, lastTimeNs)
    return connectionReport(this.story, this.findings, { path: paths.describe(path), dropped }, run)
  }

  /** The socket call behind a transition; null when none is. */
  callOf(transition: Transition): string | null {
    return socketCall(transition, this.story)
  }

  transitionReport(transition: Transition): TransitionReport {
    return transitionReport(transition, this.story, this.context.run)
  }

  findingReport(finding: Finding): FindingReport {
    return findingReport(finding, this.story.connection, this.context.run)
  }

  /** Its segments, as `finwait show` draws them. */
  ladder(): { segments: LadderSegment[]; omitted: number } {
    return ladderOf(this.story, this.context.run)
  }
}
