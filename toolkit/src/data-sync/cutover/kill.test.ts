import { test } from 'vitest'
import { openSqliteLab } from './fixtures/cutover-lab.ts'
import { killEachAction } from './fixtures/kill-each.ts'

test('law 5: a coordinator killed with -9 after each single action is recovered by another, and nothing is lost', async () => {
  await killEachAction(await openSqliteLab(20))
}, 60_000)
