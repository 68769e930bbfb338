// Makes the pages: node build.mjs PAGES_TSV OUT. Called by build.sh in a copy of this folder with its packages installed.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as esbuild from 'esbuild'
import * as sass from 'sass'

const [table, out] = process.argv.slice(2)
const files = path.join(out, 'files')

// spec/pages.tsv says which pages there are; here it becomes a module that imports their components.
function makePages() {
  const lines = readFileSync(table, 'utf8').split('\n').filter((line) => line && !line.startsWith('#'))
  const names = lines[0].split('\t')
  const rows = lines.slice(1).map((line, n) => {
    const cells = line.split('\t')
    if (cells.length !== names.length) throw new Error(`pages.tsv, row ${n + 1}: ${cells.length} columns, not ${names.length}`)
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]))
  })
  const text = ["import type { PageRow } from '@/lib/page'"]
  rows.forEach((row, i) => {
    const [file, component] = row.component.split('#')
    if (!existsSync(`src/pages/${file}.tsx`)) throw new Error(`pages.tsv: ${row.path}: src/pages/${file}.tsx is not there`)
    text.push(`import { ${component} as c${i} } from '@/pages/${file}'`)
  })
  text.push('export const pages: PageRow[] = [')
  rows.forEach((row, i) => {
    const list = (cell) => (cell === '-' ? [] : cell.split(','))
    text.push(`  { path: ${JSON.stringify(row.path)}, title: ${JSON.stringify(row.title)}, area: ${JSON.stringify(row.area)}, ` +
      `menu: ${row.menu === 'yes'}, functions: ${JSON.stringify(list(row.functions))}, component: c${i}, ` +
      `meaning: ${JSON.stringify(row.meaning)} },`)
  })
  text.push(']', '')
  mkdirSync('generated', { recursive: true })
  writeFileSync('generated/pages.ts', text.join('\n'))
}

function makeStyle() {
  const made = sass.compile('style/main.scss', { loadPaths: ['node_modules'], style: 'compressed', quietDeps: true })
  if (/@font-face|url\(/.test(made.css)) throw new Error('style: refers to a font or picture of its own')
  const name = `assets/main-${createHash('sha256').update(made.css).digest('hex').slice(0, 8)}.css`
  writeFileSync(path.join(files, name), made.css)
  return name
}

async function makeScript() {
  const made = await esbuild.build({
    entryPoints: ['src/main.tsx'], bundle: true, format: 'esm', target: 'es2021', minify: true, legalComments: 'none',
    outdir: path.join(files, 'assets'), entryNames: '[name]-[hash]', metafile: true, logLevel: 'warning',
    tsconfig: 'tsconfig.json',
  })
  return path.relative(files, path.resolve(Object.keys(made.metafile.outputs).find((name) => name.endsWith('.js'))))
}

rmSync(files, { recursive: true, force: true })
mkdirSync(path.join(files, 'assets'), { recursive: true })
makePages()
execFileSync('node', ['node_modules/typescript/bin/tsc', '-p', '.'], { stdio: 'inherit' })
const style = makeStyle()
const script = await makeScript()
const page = readFileSync('src/index.html', 'utf8').replace('STYLE', `/${style}`).replace('SCRIPT', `/${script}`)
writeFileSync(path.join(files, 'index.html'), page)
writeFileSync(path.join(files, 'icon.svg'), readFileSync('src/icon.svg'))
const made = readdirSync(files, { recursive: true }).filter((name) => path.extname(name)).sort()
writeFileSync(path.join(out, 'files.txt'), made.join('\n') + '\n')
