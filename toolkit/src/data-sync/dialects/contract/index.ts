import { capturePromises } from './capture.ts'
import { conflictPromises } from './conflicts.ts'
import { databasePromises } from './database.ts'
import { fencePromises } from './fence.ts'
import { jobPromises } from './job.ts'
import { keyPromises } from './keys.ts'
import type { DialectPromise } from './lab.ts'
import { ownerPromises } from './owner.ts'
import { readingPromises } from './reading.ts'
import { savingPromises } from './saving.ts'

export type { DialectLab, DialectPromise, LabConnection, LabDatabase, LabWords } from './lab.ts'

/**
 * All that the engine relies on in a dialect, as sentences that can be run with any test runner, each against a lab of its own.
 *
 * @example
 * for (const { name, run } of dialectContract) test(name, async () => run(await openMyLab()))
 */
export const dialectContract: readonly DialectPromise[] = [
  ...databasePromises,
  ...capturePromises,
  ...keyPromises,
  ...readingPromises,
  ...savingPromises,
  ...conflictPromises,
  ...jobPromises,
  ...ownerPromises,
  ...fencePromises,
]
