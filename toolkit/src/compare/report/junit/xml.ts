/** One test case: what it is, and how it stands. */
export interface Case {
  readonly name: string
  readonly message: string
  readonly details: string
  readonly state: 'passed' | 'failed' | 'unknown' | 'skipped'
}

/** Cases of one subject. */
export interface Suite {
  readonly name: string
  readonly cases: readonly Case[]
}

/** What all suites are called, when they began (ISO 8601) and how long they took. */
export interface SuitesHead {
  readonly name: string
  readonly startedAt: string
  readonly tookMs: number
}

/** JUnit XML in the form that Jenkins, GitLab and the Surefire schema agree on. */
export function suitesXml(suites: readonly Suite[], { name, startedAt, tookMs }: SuitesHead): string {
  const seconds = (tookMs / 1000).toFixed(3)
  const time = `timestamp="${escaped(startedAt.slice(0, 19))}" time="${seconds}"`
  const all = suites.flatMap(({ cases }) => cases)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}" ${counts(all)} time="${seconds}">`,
    ...suites.map((suite) => suiteXml(suite, time)),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteXml({ name, cases }: Suite, time: string): string {
  const inner = cases.map((one) => caseXml(one, name)).join('\n')
  return `  <testsuite name="${escaped(name)}" ${counts(cases)} ${time}>\n${inner}\n  </testsuite>`
}

function counts(cases: readonly Case[]): string {
  const of = (state: Case['state']) => cases.filter((one) => one.state === state).length
  return `tests="${cases.length}" failures="${of('failed')}" errors="${of('unknown')}" skipped="${of('skipped')}"`
}

function caseXml({ name, message, details, state }: Case, suite: string): string {
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}">`
  return `${open}${inside({ message, details, state })}</testcase>`
}

function inside({ message, details, state }: Omit<Case, 'name'>): string {
  const about = `message="${escaped(message)}"`
  switch (state) {
    case 'passed':
      return `<system-out>${escaped([message, details].filter((text) => text !== '').join('\n'))}</system-out>`
    case 'failed':
      return `<failure ${about} type="mismatch">${escaped(details)}</failure>`
    case 'unknown':
      return `<error ${about} type="unknown">${escaped(details)}</error>`
    case 'skipped':
      return `<skipped ${about}/>`
    default: {
      const never: never = state
      return never
    }
  }
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** XML 1.0 section 2.2 allows no other control character, no lone surrogate, not U+FFFE and U+FFFF: not even escaped. */
const notXml = /[^\t\n\r\u0020-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu

function escaped(text: string): string {
  return text.replace(notXml, '\uFFFD').replace(/[&<>"]/g, (character) => entities[character] ?? '')
}
