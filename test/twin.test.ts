import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ComparisonReport } from '@banyan/toolkit/compare'
import { expect, onTestFinished, test } from 'vitest'
import { banyan } from '../scripts/banyan.ts'
import { recordShoppers, type ShoppersRecording } from './twin/record-shoppers.ts'

/** `TWIN_EXCHANGES=2000 npx vitest run test/twin.test.ts` records more, where time is. */
const exchanges = Number(process.env.TWIN_EXCHANGES ?? 1000)

test('what shoppers did is done again on copies of both databases: both arms answer alike and write alike', {
  timeout: 180_000,
}, async () => {
  const state = mkdtempSync(path.join(tmpdir(), 'banyan-twin-'))
  onTestFinished(() => rmSync(state, { recursive: true, force: true }))
  const { code, report, messages } = await replayOnTwin(await recordShoppers(state, exchanges))
  expect({ code, outcome: report.outcome, messages }).toMatchObject({ code: 0, outcome: 'pass' })

  expect(report.exchanges).toMatchObject({ read: exchanges, malformed: 0, dropped: 0 })
  expect(report.exchanges.sent).toBeGreaterThan(exchanges * 0.99)
  const tallies = Object.fromEntries(report.routes.map(({ route, tally }) => [route, tally]))
  expect(tallies['users.read']?.compared).toBeGreaterThan(exchanges / 4)
  expect(tallies['users.write']?.compared).toBeGreaterThan(exchanges / 50)
  for (const { mismatched, compared, answered2xx } of Object.values(tallies)) {
    expect(mismatched).toBe(0)
    expect(answered2xx).toBeGreaterThan(compared * 0.9)
  }

  const { dependent, conflicts } = report.ids ?? { dependent: undefined, conflicts: undefined }
  expect(dependent?.exchanges).toBeGreaterThan(exchanges / 4)
  expect(dependent?.resolved).toBeGreaterThanOrEqual((dependent?.exchanges ?? 0) * 0.99)
  expect(conflicts).toEqual([])

  const { written } = report
  expect(written).toMatchObject({ capability: 'users', different: 0, onlyLegacy: 0, onlyService: 0, samples: [] })
  expect(written?.equal).toBe(written?.aggregates)
  expect(written?.aggregates).toBeGreaterThan(exchanges / 100)
  expect(readdirSync(path.join(state, 'twins'))).toEqual([])
})

async function replayOnTwin({ file, vault, vaultKey, env, before }: ShoppersRecording) {
  const lines: string[] = []
  const messages: string[] = []
  const args = ['replay', file, '--writes', 'twin', '--capability', 'users', '--max-mismatch', '1%', '--json']
  const databases = ['--legacy-database', before.legacy, '--service-database', before.service]
  const code = await banyan({
    args: [...args, ...databases, '--vault', vault, '--vault-key', vaultKey],
    env,
    onLine: (line) => void lines.push(line),
    onMessage: (line) => void messages.push(line),
  })
  if (lines.length === 0) throw new Error(`no report, exit code ${code}:\n${messages.join('\n')}`)
  return { code, messages, report: JSON.parse(lines.join('\n')) as ComparisonReport }
}
