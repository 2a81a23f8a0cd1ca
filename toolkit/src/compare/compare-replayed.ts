import type { Answer } from './answer/answer.ts'
import { type CompareOptions, compareAnswers } from './compare.ts'
import type { Verdict } from './verdict.ts'

/** What the recording saw answered to a request. */
export interface RecordedOutcome {
  /** 0 where nobody knows, as in an import without answers. */
  readonly status: number
  /** The media type of a body, `application/json; charset=utf-8`; undefined where there was none. */
  readonly contentType?: string | undefined
}

/**
 * Compares the answers of both arms to a replayed request. When both refuse (401, 403, 404) what the recording saw
 * succeed, or both refuse the caller (401, 403) whom it saw let in, they agree on nothing but missing credentials or
 * data: `both-refused`. When both give the same error, send elsewhere, or show a page where data was recorded, they agree
 * on nothing that was recorded either: `both-failed`. What differs even so is a mismatch.
 */
export function compareReplayed(
  recorded: RecordedOutcome,
  answers: { readonly legacy: Answer; readonly service: Answer },
  options: CompareOptions,
): Verdict {
  const { legacy, service } = answers
  const refused = ({ status }: Answer) => refusesCaller(recorded.status, status) || isLost(recorded.status, status)
  if (refused(legacy) && refused(service)) return { kind: 'not-comparable', why: 'both-refused' }
  const verdict = compareAnswers(legacy, service, options)
  const agree = verdict.kind === 'match' || verdict.kind === 'noise'
  return agree && fails(recorded, legacy) && fails(recorded, service)
    ? { kind: 'not-comparable', why: 'both-failed' }
    : verdict
}

/** Whether an arm refuses the caller (401, 403) whom the recording saw let in. */
export function refusesCaller(recordedStatus: number, status: number): boolean {
  return isRefusal(status) && !isRefusal(recordedStatus)
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403
}

function isLost(recordedStatus: number, status: number): boolean {
  return status === 404 && recordedStatus >= 200 && recordedStatus < 400
}

/** A worse kind of status than was recorded: a log-in page in place of an order, an error in place of either. */
function fails(recorded: RecordedOutcome, { status, headers, body }: Answer): boolean {
  if (rankOf(status) > rankOf(recorded.status)) return true
  return status < 300 && isJson(recorded.contentType) && (body.length === 0 || isPage(headers.get('content-type')?.[0]))
}

/** Done, sent elsewhere, refused, failed. Of an unknown answer nobody knows whether it was a refusal. */
function rankOf(status: number): number {
  if (status === 0) return 2
  if (status >= 500 || status === 429) return 3
  if (status >= 400) return 2
  return status >= 300 && status !== 304 ? 1 : 0
}

function isPage(contentType: string | undefined): boolean {
  return contentType !== undefined && /html/i.test(contentType)
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /json/i.test(contentType)
}
