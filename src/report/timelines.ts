/**
 * The two state timelines of one connection: every transition, when, by what event, how it is known, and where the
 * RFC says so.
 */
import { type Column, columnLines, naturalWidth, type Row } from './columns.ts'
import { endpointText } from './connection-words.ts'
import { escapeTerminal } from './escape.ts'
import { frameText } from './frames-text.ts'
import { glyphs, type LadderOptions, relativeTime } from './ladder.ts'
import type { ConnectionReport, TransitionReport } from './model.ts'
import { wrap } from './text.ts'

const TITLES = ['time', 'frame', 'transition', 'evidence'] as const

const NARROW: readonly Column[] = TITLES.map((title, i) => ({ title, align: i < 2 ? 'right' : 'left' }))

const WIDE: readonly Column[] = [...NARROW, { title: 'event' }, { title: 'RFC 9293' }, { title: 'program' }]

interface Words {
  /** Texts of `TITLES`. */
  known: string[]
  event: string
  section: string
  call: string
}

/** For each side its name, then a table; a side of which the capture says nothing is left out. */
export function timelineLines(connection: ConnectionReport, options: LadderOptions): string[][] {
  const sides = (['client', 'server'] as const).map((side) => {
    const transitions = connection.transitions.filter((transition) => transition.side === side)
    const title = options.palette.bold(`${side} ${endpointText(connection[side])}`)
    return { title, words: sideWords(transitions, connection, options.unicode) }
  })
  const seen = sides.filter((side) => side.words.length > 0)
  const { width, palette, unicode } = options
  const isWide = width === null || seen.every((side) => naturalWidth(WIDE, side.words.map(wideRow)) <= width)
  const settings = { width, palette, ellipsis: glyphs(unicode).ellipsis }
  return seen.map((side) => {
    const lines = isWide
      ? columnLines(WIDE, side.words.map(wideRow), settings)
      : columnLines(
          NARROW,
          side.words.flatMap((word) => narrowRows(word, options)),
          settings,
        )
    return [side.title, ...lines]
  })
}

/** The time is the earliest that it can have been: that of the cause, but not before the transition before. */
function sideWords(
  transitions: readonly TransitionReport[],
  { start, file }: ConnectionReport,
  unicode: boolean,
): Words[] {
  let earliest = ''
  return transitions.map((transition) => {
    const when = transition.cause?.time ?? transition.time ?? transition.proof?.time ?? earliest
    if (when > earliest) earliest = when
    return words(transition, earliest === '' ? '' : relativeTime(start, earliest), file, unicode)
  })
}

function words(
  { from, to, event, ref, evidence, cause, proof, call }: TransitionReport,
  when: string,
  home: number,
  unicode: boolean,
): Words {
  return {
    known: [
      when,
      cause === null ? '' : frameText(cause.frame, cause.file, home),
      `${from} ${unicode ? '→' : '->'} ${to}`,
      evidence === 'proved' && proof !== null ? `proved by ${frameText(proof.frame, proof.file, home)}` : evidence,
    ],
    event,
    section: escapeTerminal(ref.replace(/^RFC 9293 /, '')),
    call: call === null ? '' : escapeTerminal(call),
  }
}

function wideRow({ known, event, section, call }: Words): Row {
  return [...known, event, section, call].map((text) => ({ text }))
}

/** Columns of `known` left of the transition, gaps included: `60.012346  frame  `. */
const INDENT = 20

function narrowRows({ known, event, section, call }: Words, { width, palette }: LadderOptions): Row[] {
  const reason = `${event}, ${section}${call === '' ? '' : `: ${call}`}`
  const lines = wrap(reason, Math.max(20, (width ?? Number.POSITIVE_INFINITY) - INDENT))
  return [
    known.map((text) => ({ text })),
    ...lines.map((text) => [{ text: '' }, { text: '' }, { text, paint: palette.dim, span: 2 }]),
  ]
}
