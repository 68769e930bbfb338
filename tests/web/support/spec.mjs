// The tables of spec, as the tests read them for themselves.
import { readFileSync } from 'node:fs'

export function table(name) {
  const lines = readFileSync(`${process.env.METERWAY_SPEC}/${name}`, 'utf8').split('\n').filter((line) => line && !line.startsWith('#'))
  const columns = lines[0].split('\t')
  return lines.slice(1).map((line) => Object.fromEntries(line.split('\t').map((cell, i) => [columns[i], cell])))
}
export const list = (cell) => (cell === '-' ? [] : cell.split(','))
