import { capturePromises } from './capture.ts'
import { databasePromises } from './database.ts'
import { jobPromises } from './job.ts'
import { keyPromises } from './keys.ts'
import type { DialectPromise } from './lab.ts'
import { ownershipPromises } from './ownership.ts'
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
  ...savingPromises,
  ...jobPromises,
  ...ownershipPromises,
]
