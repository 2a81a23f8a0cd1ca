import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { connectDatabase } from './connect.ts'
import { migrate } from './migrate.ts'

/** Writes to the database without a pause until it is told to stop, as a sync worker in full swing does. */
const writer = `
  const { workerData, parentPort } = require('node:worker_threads')
  const db = new (require(workerData.sqlite))(workerData.file, { timeout: 2000 })
  db.exec('create table if not exists busy (n integer)')
  parentPort.postMessage('writing')
  let stop = false
  parentPort.once('message', () => { stop = true })
  const insert = db.prepare('insert into busy values (1)')
  const turn = () => { for (let n = 0; n < 20; n++) insert.run(); if (stop) db.close(); else setImmediate(turn) }
  turn()
`

test('a service that starts while another process writes brings its schema up to date', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'banyan-migrate-')), 'users.sqlite')
  const first = connectDatabase(file)
  expect(await migrate(first)).toHaveLength(1)
  await first.destroy()

  const sqlite = import.meta.resolve('better-sqlite3').replace('file://', '')
  const worker = new Worker(writer, { eval: true, workerData: { file, sqlite } })
  await new Promise((resolve) => worker.once('message', resolve))
  onTestFinished(() => worker.postMessage('stop'))
  for (let start = 0; start < 20; start++) {
    const db = connectDatabase(file)
    expect(await migrate(db)).toEqual([])
    await db.destroy()
  }
})
