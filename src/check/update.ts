/**
 * `--update`: the text of an expectation file that what was seen meets. A new file says all that sketch.ts finds worth
 * expecting; of one that is there only what is not met changes, and its comments stay.
 */
import { type Document, isCollection, isMap, isSeq, Document as NewDocument, parseDocument, visit } from 'yaml'
import type { ConnectionReport, FindingReport, Report } from '../report/model.ts'
import { allowedBy, forbiddenAmong, missing } from './aspects/findings.ts'
import { evaluate } from './evaluate.ts'
import type { ConnectionRule, Expectation, FindingsRule } from './language.ts'
import { listOf, matcherOf } from './match.ts'
import { type Expectations, expectationsOf, parseExpectations } from './parse.ts'
import type { Path } from './problems.ts'
import { closeFor, LOUD, loudCodes, openFor, rulesFor, statesFor } from './sketch.ts'

const HEAD = ' What was seen, written by finwait check --update. What you change stays as long as it is met.'

/** The text of a file for a capture that has none. */
export function newExpectations(report: Report): string {
  const { connections, findings } = report
  const has = loudCodes(findings)
  const quality =
    (['complete', 'whole'] as const).find((level) => meets(report, { capture: { quality: level } })) ?? 'any'
  const content: Expectation = {
    ...(connections.length > 0 ? { connections: rulesFor(connections) } : {}),
    capture: {
      connections: connections.length,
      findings: { none: { severity: LOUD }, ...(has.length > 0 ? { has } : {}) },
      ...(quality === 'whole' ? {} : { quality }),
    },
  }
  const document = new NewDocument(content)
  document.commentBefore = HEAD
  const rules = document.get('connections')
  if (isSeq(rules)) for (const rule of rules.items) onFewLines(rule)
  onFewLines(document.get('capture'))
  return written(document)
}

export interface Refreshed {
  /** The same when all is met. */
  text: string
  /** Keys of what is not met and stays as it is, because only a person can say what was meant. */
  left: string[]
}

/** @param text - of an expectation file without mistakes */
export function refreshedExpectations(text: string, report: Report): Refreshed {
  // The rules for connections first: what they allow, the capture's need not.
  const rules = new Refresh(text, report)
  rules.connections()
  if (rules.isEmpty) return { text: newExpectations(report), left: [] }
  const capture = new Refresh(rules.text, report)
  capture.capture()
  return { text: capture.text, left: [...rules.left, ...capture.left] }
}

class Refresh {
  readonly left: string[] = []
  readonly #text: string
  readonly #document: Document
  readonly #content: Expectation
  readonly #report: Report
  readonly #unmet: ReadonlySet<string>
  #isChanged = false

  constructor(text: string, report: Report) {
    const source = parseExpectations(text, '')
    this.#text = text
    this.#document = parseDocument(text)
    this.#content = source.content
    this.#report = report
    this.#unmet = unmetKeys(report, source)
  }

  get text(): string {
    return this.#isChanged ? written(this.#document) : this.#text
  }

  get isEmpty(): boolean {
    return isMap(this.#document.contents) && this.#document.contents.items.length === 0
  }

  /** Every rule; then rules for what matches none. Backwards, since a rule that matches nothing goes. */
  connections(): void {
    const { connections } = this.#report
    const rules = this.#content.connections ?? []
    const matching = rules.map((rule) => connections.filter(matcherOf(rule.match)))
    for (let i = rules.length - 1; i >= 0; i--) this.#rule(rules[i]!, i, matching[i]!)
    const known = new Set(matching.flat())
    const list = this.#document.get('connections')
    if (!isSeq(list)) return
    for (const rule of rulesFor(connections.filter((connection) => !known.has(connection)))) {
      list.add(onFewLines(this.#document.createNode(rule)))
      this.#isChanged = true
    }
  }

  #rule(rule: ConnectionRule, index: number, matching: readonly ConnectionReport[]): void {
    const path = ['connections', index]
    const isUnmet = (key: string) => this.#unmet.has(`connections[${index}]${key}`)
    if (matching.length === 0) {
      if (isUnmet('') || isUnmet('.count')) this.#set(path, undefined)
      return
    }
    if (isUnmet('.count')) this.#set([...path, 'count'], matching.length)
    if (isUnmet('.open')) this.#set([...path, 'open'], openFor(matching))
    if (isUnmet('.close')) this.#set([...path, 'close'], closeFor(matching))
    const states = statesFor(matching)
    for (const side of ['client', 'server'] as const) {
      if (isUnmet(`.states.${side}`)) this.#set([...path, 'states', side], states[side])
    }
    if (isUnmet('.findings')) {
      const found = matching.map(({ findings }) => findings)
      this.#findings([...path, 'findings'], rule.findings ?? {}, found, found.flat())
    }
    for (const key of ['handshake', 'quality']) if (isUnmet(`.${key}`)) this.left.push(`connections[${index}].${key}`)
  }

  capture(): void {
    const { connections, findings } = this.#report
    if (this.#unmet.has('capture.connections')) this.#set(['capture', 'connections'], connections.length)
    if (this.#unmet.has('capture.findings')) {
      const rules = (this.#content.connections ?? []).map((rule) => ({ rule, matches: matcherOf(rule.match) }))
      const notAllowed = connections.flatMap((connection) => {
        const allowed = rules.flatMap(({ rule, matches }) => (matches(connection) ? allowedBy(rule.findings) : []))
        return connection.findings.filter(({ code }) => !allowed.includes(code))
      })
      const all = [...findings, ...connections.flatMap((connection) => connection.findings)]
      this.#findings(
        ['capture', 'findings'],
        this.#content.capture?.findings ?? {},
        [all],
        [...findings, ...notAllowed],
      )
    }
    if (this.#unmet.has('capture.quality')) this.left.push('capture.quality')
  }

  /**
   * `has` keeps what each of `found` has. Of `seen`, what is forbidden by its code is forbidden no more, and what is
   * forbidden by its severity is allowed by its code.
   */
  #findings(path: Path, rule: FindingsRule, found: readonly FindingReport[][], seen: readonly FindingReport[]): void {
    const { none, allow = [] } = rule
    const had = listOf(rule.has ?? [])
    const has = had.filter((code) => found.every((findings) => missing([code], findings).length === 0))
    const allowed = new Set([...has, ...listOf(allow)])
    const codes = [...new Set(forbiddenAmong(seen, rule, allowed).map(({ code }) => code))].sort()
    if (has.length < had.length) this.#set([...path, 'has'], has)
    if (codes.length === 0 || none === undefined) return
    if (typeof none === 'string' || Array.isArray(none))
      this.#set(
        [...path, 'none'],
        listOf(none).filter((code) => !codes.includes(code)),
      )
    else this.#set([...path, 'allow'], [...listOf(allow), ...codes])
  }

  /** Nothing, or an empty list, removes the key, and what is empty without it. */
  #set(path: Path, value: unknown): void {
    this.#isChanged = true
    if (value === undefined || (Array.isArray(value) && value.length === 0)) {
      this.#document.deleteIn(path)
      const around = path.slice(0, -1)
      const rest = around.length === 0 ? null : this.#document.getIn(around)
      if (isCollection(rest) && rest.items.length === 0) this.#set(around, undefined)
      return
    }
    const before = this.#document.getIn(path, true)
    const node = this.#document.createNode(value)
    if (isCollection(node)) node.flow = true
    if (isComment(before)) node.comment = before.comment
    this.#document.setIn(path, node)
  }
}

function isComment(node: unknown): node is { comment: string } {
  return typeof node === 'object' && node !== null && 'comment' in node && typeof node.comment === 'string'
}

function unmetKeys(report: Report, expectations: Expectations): Set<string> {
  const results = evaluate(report, [expectations])
  return new Set(results.flatMap(({ source, unmet, key }) => (source !== null && unmet > 0 ? [key] : [])))
}

function meets(report: Report, expectation: Expectation): boolean {
  return unmetKeys(report, expectationsOf(expectation)).size === 0
}

/** In the style of formatters: `[a, b]`, but `{ a: b }`. */
function written(document: Document): string {
  visit(document, {
    Collection(_, node) {
      const write = node.toString
      const flowCollectionPadding = isMap(node) ? ' ' : ''
      node.toString = (context, ...others) =>
        write.call(node, context && { ...context, flowCollectionPadding }, ...others)
    },
  })
  return document.toString({ lineWidth: 120 })
}

/** Writes the parts of a rule on a line each: `close: { kind: four-way, by: client }`. */
function onFewLines<T>(rule: T): T {
  if (!isMap(rule)) return rule
  for (const { key, value } of rule.items) {
    if (isMap(value) && String(key) === 'states') onFewLines(value)
    else if (isCollection(value)) value.flow = true
  }
  return rule
}
