import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { keepStatements } from './keep-statements.ts'

test('a select is prepared once, what writes each time; a changed schema and a full cache do no harm', () => {
  const db = new Database(':memory:')
  onTestFinished(() => void db.close())
  keepStatements(db)
  db.exec('create table t (a)')
  const all = 'select * from t'
  expect(db.prepare(all)).toBe(db.prepare(all))
  const insert = 'insert into t values (1)'
  expect(db.prepare(insert)).not.toBe(db.prepare(insert))
  db.prepare(insert).run()
  expect(db.prepare(all).all()).toEqual([{ a: 1 }])
  db.exec('alter table t add column b default 2')
  expect(db.prepare(all).all()).toEqual([{ a: 1, b: 2 }])
  for (let count = 0; count < 500; count++) db.prepare(`select ${count} from t`)
  expect(db.prepare(all).all()).toEqual([{ a: 1, b: 2 }])
})
