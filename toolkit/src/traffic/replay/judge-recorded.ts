import { type ComparisonReport, countText, type Outcome, shareText } from '../../compare/index.ts'

type Judged = Pick<ComparisonReport, 'outcome' | 'conditions'>
type Condition = ComparisonReport['conditions'][number]

/** What reading the recording met that is not in what was replayed. */
export interface Unread {
  /** Exchanges that were read. */
  readonly read: number
  readonly malformed: number
  readonly dropped: number
  /** Why a file could not be read to its end; undefined where it could, or where only its last line was cut. */
  readonly damaged: string | undefined
}

/** So much of a recording may be missing: what is beyond is a doubt, for nobody knows what was in it. */
const mostMissing = 0.01

/**
 * Adds to the gate what the recording lacks: where its recorder left out, or where malformed lines are, more than 1 % of what
 * passed, or where a file is damaged, the outcome is unknown (law 7), for what is slow or odd is not left out by chance.
 */
export function judgeRecorded<Compared extends Judged>(compared: Compared, unread: Unread): Compared {
  const conditions = [...missing(unread), ...damage(unread)]
  if (conditions.length === 0) return compared
  const outcome: Outcome = compared.outcome === 'fail' ? 'fail' : 'unknown'
  return { ...compared, outcome, conditions: [...compared.conditions, ...conditions] }
}

function missing({ read, malformed, dropped }: Unread): readonly Condition[] {
  const passed = read + malformed + dropped
  const lost = malformed + dropped
  if (lost <= mostMissing * passed) return []
  const what = [
    ...(dropped > 0 ? [`${countText(dropped)} left out by the recorder`] : []),
    ...(malformed > 0 ? [`${countText(malformed)} malformed`] : []),
  ].join(', ')
  const text = `${countText(lost)} of ${countText(passed)} that passed are not in the recording (${what}): more than ${shareText(mostMissing)}`
  return [{ outcome: 'unknown', text }]
}

function damage({ damaged }: Unread): readonly Condition[] {
  if (damaged === undefined) return []
  return [{ outcome: 'unknown', text: `the recording is damaged, and nobody knows what it held: ${damaged}` }]
}
