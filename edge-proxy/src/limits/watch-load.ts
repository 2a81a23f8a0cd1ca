import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { EdgeLimits } from '@banyan/toolkit/routing'
import { calm, judgePressure, type LoadSample, type Pressure } from './pressure.ts'

/** How hard an edge has it. */
export interface LoadWatch {
  current(): Pressure
  latest(): LoadSample
  /** What is live now. */
  maxMemoryBytes(): number
  close(): void
}

const everyMs = 250
/** Together a second. */
const keptSamples = 4

/** Watches this process four times a second, by the limits that are live then. */
export function watchLoad(limits: () => EdgeLimits): LoadWatch {
  const samples: LoadSample[] = []
  const heapShareBytes = getHeapStatistics().heap_size_limit * 0.75
  let current = calm
  let loop = performance.eventLoopUtilization()
  let due = performance.now() + everyMs
  const maxMemoryBytes = () => limits().maxMemoryBytes ?? heapShareBytes
  const look = () => {
    const now = performance.now()
    const next = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(next, loop)
    loop = next
    samples.push({ lagMs: Math.max(0, now - due), utilization, memoryBytes: memoryBytes() })
    due = now + everyMs
    if (samples.length > keptSamples) samples.shift()
    // Too few samples show no overload, only a start.
    if (samples.length < keptSamples) return
    current = judgePressure(current, samples, { maxLagMs: limits().maxLagMs, maxMemoryBytes: maxMemoryBytes() })
  }
  const timer = setInterval(look, everyMs)
  timer.unref()
  return {
    current: () => current,
    latest: () => samples.at(-1) ?? { lagMs: 0, utilization: 0, memoryBytes: memoryBytes() },
    maxMemoryBytes,
    close: () => clearInterval(timer),
  }
}

function memoryBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  return heap + external
}
