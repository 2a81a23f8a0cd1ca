import { type RecordingReport, readRecording } from '../recording/recording.ts'
import type { RedactionRules } from './rules.ts'
import { buildScan, type Finding } from './scan.ts'

/** Findings beyond these are counted. */
const maxListed = 100

/** What a scan of a whole recording found. */
export interface ScanReport {
  readonly secrets: number
  readonly maybes: number
  /** Exchanges with any of them. */
  readonly exchanges: number
  /** The first hundred, secrets before what only may be one. */
  readonly findings: readonly Finding[]
  /** What reading the recording met. */
  readonly read: RecordingReport
}

/**
 * Looks through a recording for what should have been redacted, by the rules that hold now. Throws as `readRecording` does.
 *
 * @example
 * const { secrets, findings } = await scanRecording('traffic.ndjson', { fields: ['email'] })
 */
export async function scanRecording(path: string, rules: RedactionRules = {}): Promise<ScanReport> {
  const scan = buildScan(rules)
  const recording = readRecording(path)
  const listed = { secret: [] as Finding[], maybe: [] as Finding[] }
  const counts = { secret: 0, maybe: 0 }
  let exchanges = 0
  for await (const exchange of recording) {
    const findings = scan(exchange)
    if (findings.length > 0) exchanges += 1
    for (const finding of findings) {
      counts[finding.kind] += 1
      if (listed[finding.kind].length < maxListed) listed[finding.kind].push(finding)
    }
  }
  const findings = [...listed.secret, ...listed.maybe].slice(0, maxListed)
  return { secrets: counts.secret, maybes: counts.maybe, exchanges, findings, read: recording.report() }
}
