import { expect, test } from 'vitest'
import { type Clock, systemClock } from '../../base/index.ts'
import { type CutoverLab, openSqliteLab } from '../cutover/fixtures/cutover-lab.ts'
import type { Recovered } from '../cutover/report.ts'
import { eventually } from '../fixtures/shop.ts'
import { besideRecovery } from './beside-recovery.ts'

const recovered = { outcome: 'undone' } as Recovered

test.each(['the worker', 'one that stands by'] as const)(
  'law 5: a coordinator that falls silent behind the fence is recovered by %s, and writes go on within ten seconds',
  async (who) => {
    const seen: Recovered[] = []
    const lab = await openSqliteLab(5, { who, onRecovered: (each) => seen.push(each) })
    await fallSilentBehindTheFence(lab)
    const began = performance.now()
    const id = await eventually(async () => {
      const next = `w-${performance.now()}`
      return (await lab.edge.write(next).catch(() => undefined)) === 'acknowledged' ? next : undefined
    })
    expect(performance.now() - began).toBeLessThan(10_000)
    await eventually(() => seen.length > 0)
    expect(seen).toMatchObject([{ outcome: 'undone', owner: 'legacy', epoch: 2, coordinator: 'lost' }])
    await lab.assertNothingLost({ acknowledged: [id], refused: [], failed: [] })
  },
  30_000,
)

test('it looks again after a fault, tells of what it ended, and ends with its work', async () => {
  const looks = [Promise.reject(new Error('down')), Promise.resolve(undefined), Promise.resolve(recovered)]
  for (const look of looks) look.catch(() => undefined)
  const clock: Clock = { ...systemClock, sleep: (_, signal) => systemClock.sleep(1, signal) }
  const told: Recovered[] = []
  let end = (): void => undefined
  const working = new Promise<void>((resolve) => {
    end = resolve
  })
  const done = besideRecovery(
    { recover: () => looks.shift() ?? Promise.resolve(undefined) },
    { clock, signal: undefined, onRecovered: (each) => told.push(each), work: () => working },
  )
  await eventually(() => told.length > 0)
  end()
  await done
  expect(told).toEqual([recovered])
})

test('what ends the work is thrown when the recovery that is under way has ended', async () => {
  let ended = false
  const recover = async () => {
    await systemClock.sleep(30)
    ended = true
    return undefined
  }
  const work = () => Promise.reject(new Error('the schema changed'))
  const done = besideRecovery({ recover }, { clock: systemClock, signal: undefined, onRecovered: undefined, work })
  await expect(done).rejects.toThrow('the schema changed')
  expect(ended).toBe(true)
})

/** A coordinator of no known process that neither goes on nor renews its lease once it has fenced. */
async function fallSilentBehindTheFence(lab: CutoverLab): Promise<void> {
  let isSilent = false
  const sleep: Clock['sleep'] = (ms, signal) =>
    isSilent ? new Promise(() => undefined) : systemClock.sleep(ms, signal)
  const processes = { own: undefined, hasEnded: () => false }
  const lost = await lab.coordinator({ coordinator: 'lost', clock: { ...systemClock, sleep }, processes })
  await new Promise<void>((resolve) => {
    void lost.run('service', {
      onAction: (action, when) => {
        if (when === 'before' && action.step === 'hold') isSilent = true
        if (when !== 'before' || action.do !== 'read-tail') return
        resolve()
        return new Promise(() => undefined)
      },
    })
  })
  expect((await lost.owners()).legacy).toMatchObject({ owner: 'moving' })
}
