/**
 * Each finding, with its side and its frames: of the ladders of this folder, and of all fixtures. A finding that is not
 * expected is as wrong as one that is missing.
 */
import { describe, expect, it } from 'vitest'
import { analyzeBytes } from '../../src/index.ts'
import { readCases } from './cases.ts'
import { foundIn, linesOf } from './found.ts'

describe.each(readCases())('$family', ({ cases }) => {
  it.each(cases)('$name', ({ bytes, expected }) => {
    expect(linesOf(foundIn(analyzeBytes(bytes), '10.0.0.1'))).toEqual(linesOf(expected))
  })
})
