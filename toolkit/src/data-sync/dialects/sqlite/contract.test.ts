import { describe, test } from 'vitest'
import { dialectContract } from '../contract/index.ts'
import { openSqliteLab } from './fixtures/lab.ts'

describe('the SQLite dialect', () => {
  for (const { name, run } of dialectContract) test(name, async () => run(await openSqliteLab()))
})
