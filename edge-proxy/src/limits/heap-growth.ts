import { setFlagsFromString } from 'node:v8'

/** The old part of the heap is collected when it has grown by this much since it was last collected, in percent. */
const growthPercent = 50

/**
 * Bounds how far the heap of this process grows between two full collections. V8 lets a busy process reach four times what is
 * alive; what is alive in an edge is small, so that a collection costs less than the memory that putting it off takes.
 */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`)
}
