import type { SyncJob } from '../sync-job.ts'
import type { VerifyReport } from './report.ts'
import type { VerifyOptions } from './verify.ts'

/** Keeps the report of a whole verification with its job, where the job has ever run; gives it back. */
export async function keepReport(
  { target }: SyncJob,
  report: VerifyReport,
  { keys }: VerifyOptions,
): Promise<VerifyReport> {
  if (keys === undefined && report.complete && (await target.readJob()).feed !== undefined) {
    await target.writeVerified(JSON.stringify(report, plainKey))
  }
  return report
}

function plainKey(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
