/**
 * Makes text that came out of a packet or a file system harmless in a terminal, in Markdown and in a spreadsheet.
 *
 * Interface names, comments and file names are chosen by strangers: an ESC moves the cursor, a bidi control shows
 * text backwards, an `@` in a pull-request comment calls a person. Every string that is not ours goes through here.
 */

/**
 * What a terminal acts upon or does not show: C0, DEL and C1 controls, soft hyphen, zero-width characters, bidi
 * controls (CVE-2021-42574), line and paragraph separators, interlinear annotations, tag characters, lone surrogates.
 */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu

function visible(character: string): string {
  const code = character.codePointAt(0)!
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}

/** One line, safe to print: what would not be seen is shown as `\x1b` or `\u{202e}`. */
export function escapeTerminal(text: string): string {
  return text.replace(INVISIBLE, visible)
}

/**
 * A JSON document with the same meaning that is safe to print: `JSON.stringify` leaves DEL, C1 and bidi controls as
 * they are.
 *
 * @param json - what `JSON.stringify` returned
 */
export function escapeJson(json: string): string {
  return json.replace(INVISIBLE, (character) => {
    if (character === '\n') return character
    let escaped = ''
    for (let i = 0; i < character.length; i++) {
      escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
    }
    return escaped
  })
}

const MARKDOWN_MARKS = /[\\`*_~|[\](){}$^!]/g
const MARKDOWN_ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '@': '&#64;',
  '#': '&#35;',
}

/**
 * Inline Markdown that shows the text as it is: no emphasis, no HTML, no table cell, and nothing that GitHub or
 * GitLab turn into a link or a notification (`@name`, `#1`, `http://…`).
 */
export function escapeMarkdown(text: string): string {
  return escapeTerminal(text)
    .replace(/[&<>@#]/g, (mark) => MARKDOWN_ENTITIES[mark]!)
    .replace(MARKDOWN_MARKS, '\\$&')
    .replace(/:\/\//g, '&#58;//')
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`)
    .replace(/^(\s*)([-+=](?=[-=\s]|$)|\d(?=\d*[.)]\s))/, (_, space: string, mark: string) => {
      return `${space}&#${mark.codePointAt(0)};`
    })
}

const XML_ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** Text of an XML element or attribute, on one line; what XML cannot hold (§2.2) is shown as `\u{ffff}`. */
export function escapeXml(text: string): string {
  return escapeTerminal(text)
    .replace(/[\ufffe\uffff]/g, visible)
    .replace(/[&<>"']/g, (mark) => XML_ENTITIES[mark]!)
}

/**
 * The message of a workflow command of GitHub (`::error::message`), on one line. `##[` begins one anywhere in a line.
 */
export function escapeWorkflowMessage(text: string): string {
  return escapeTerminal(text).replaceAll('%', '%25').replaceAll('##[', '## [')
}

/** The value of a property of such a command: `file=value,line=3`. */
export function escapeWorkflowProperty(text: string): string {
  return escapeWorkflowMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** The description of a TAP test point: a `#` would begin a directive. */
export function escapeTap(text: string): string {
  return escapeTerminal(text).replace(/[\\#]/g, '\\$&')
}

/** The relative reference of RFC 3986 to a file, or its file URI when the path is absolute. */
export function escapeFileUri(path: string): string {
  const segments = path
    .replaceAll('\\', '/')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
  const uri = segments.map(encodeURIComponent).join('/')
  return uri.startsWith('/') ? `file://${uri}` : uri
}

/** Nothing in it needs a second look: nearly every cell. */
const PLAIN_CELL = /^[0-9A-Za-z:][ \-.0-9A-Za-z:/]*$/

/**
 * One cell of RFC 4180. Text that a spreadsheet would run as a formula (it starts with `= + - @`, tab or carriage
 * return) gets a leading apostrophe, which spreadsheets take as "this is text". Numbers are never touched.
 */
export function csvCell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  if (PLAIN_CELL.test(value)) return value
  const text = escapeTerminal(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value)
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
