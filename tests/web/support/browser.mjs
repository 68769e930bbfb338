// Debian's Chromium, driven by Playwright; axe-core on what it shows.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env.METERWAY_SHOTS ?? 'shots'

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/// A page of somebody's own browser. What the console tells as an error, what is thrown, and every request that leaves the
/// platform fails the test (`page.faults`); with `keyboard`, so does a mouse.
export async function openPage(browser, portal, { width = 1300, height = 900, keyboard = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, baseURL: portal.url, acceptDownloads: true, hasTouch: false })
  const page = await context.newPage()
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(`thrown: ${error.message}`))
  page.on('console', (message) => { if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) page.faults.push(`console: ${message.text()}`) })
  page.on('request', (request) => { if (!request.url().startsWith(portal.url) && !/^(data|blob|about):/.test(request.url())) page.faults.push(`left the machine: ${request.url()}`) })
  if (keyboard) await page.addInitScript(() => addEventListener('pointerdown', () => console.error('a mouse was used'), true))
  return page
}

/// Goes to a page and waits until it has what it asked for.
export async function visit(page, path) {
  await page.goto(path)
  await settled(page)
}
export async function settled(page) {
  await page.locator('h1').first().waitFor()
  await page.waitForFunction(() => !/Loading…/.test(document.querySelector('main')?.textContent ?? ''))
}

export async function signIn(page, portal, who, next = '/') {
  await new Hand(page, 'mouse').signIn(portal, who, next)
}

/// Nothing serious or critical by axe-core (WCAG 2.2 A and AA), no wider than the window, nothing thrown.
export async function sound(page, what) {
  // By the debugger's own world: the page's Content-Security-Policy allows no script that is not the portal's.
  await page.evaluate(axe)
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
  const bad = found.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')
  assert.deepEqual(bad.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`), [], `${what}: axe`)
  const { wide, window } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, window: innerWidth }))
  assert.ok(wide <= window, `${what}: ${wide} px wide in a window of ${window}`)
  assert.deepEqual(page.faults, [], `${what}: faults`)
}

export async function shot(page, name) {
  mkdirSync(shots, { recursive: true })
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
}

/// Tab until the element has the focus: what somebody without a mouse does. The order must lead there.
export async function tabTo(page, locator, most = 250) {
  const has = () => locator.evaluate((element) => element === document.activeElement).catch(() => false)
  for (let n = 0; n < most; ++n) {
    if (await has()) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`not reached with Tab: ${locator}`)
}

/// How somebody works a page: by mouse, or by keyboard alone. A task is written once and done by both.
export class Hand {
  constructor(page, way) { Object.assign(this, { page, way }) }

  /// A link or button. A link is followed until the page has what it asked for.
  async click(locator) {
    const target = locator.first()
    await target.waitFor()
    if (this.way === 'mouse') await target.click()
    else {
      await tabTo(this.page, target)
      await this.page.keyboard.press('Enter')
    }
    await settled(this.page)
  }

  async type(locator, text) {
    const target = locator.first()
    await target.waitFor()
    if (this.way === 'mouse') await target.fill(text)
    else {
      await tabTo(this.page, target)
      await this.page.keyboard.press('Control+A')
      if (text === '') await this.page.keyboard.press('Delete')
      else await this.page.keyboard.type(text)
    }
  }

  /// A box that is ticked.
  async check(locator) {
    const target = locator.first()
    await target.waitFor()
    if (this.way === 'mouse') await target.check()
    else if (!await target.isChecked()) {
      await tabTo(this.page, target)
      await this.page.keyboard.press('Space')
      assert.ok(await target.isChecked(), `not ticked by keyboard: ${locator}`)
    }
  }

  /// A link or button that gives a file.
  async download(locator) {
    const [file] = await Promise.all([this.page.waitForEvent('download'), this.click(locator)])
    return file
  }

  /// One of a group of radios: Tab leads to the group, arrows inside it.
  async choose(locator) {
    const target = locator.first()
    await target.waitFor({ state: 'attached' })
    if (this.way === 'mouse') {
      await target.check()
      return
    }
    const name = await target.getAttribute('name')
    const group = this.page.locator(`input[type=radio][name="${name}"]`)
    const count = await group.count()
    for (let n = 0; n < 250; ++n) {
      if (await group.evaluateAll((all) => all.includes(document.activeElement))) break
      await this.page.keyboard.press('Tab')
    }
    await this.page.keyboard.press('Space')
    for (let n = 0; n < count && !(await target.isChecked()); ++n) await this.page.keyboard.press('ArrowDown')
    assert.ok(await target.isChecked(), `not chosen by keyboard: ${locator}`)
  }

  async select(locator, label) {
    const target = locator.first()
    await target.waitFor()
    if (this.way === 'mouse') {
      await target.selectOption({ label })
      return
    }
    await tabTo(this.page, target)
    await this.page.keyboard.type(label)   // a select goes to the option that begins so
    assert.equal(await target.evaluate((element) => element.selectedOptions[0]?.label), label)
  }

  /// A file is chosen in the system's own window, which no test can see: the same for both.
  async file(locator, path) { await locator.first().setInputFiles(path) }

  async signIn(portal, who, next = '/') {
    await visit(this.page, `/sign-in?next=${encodeURIComponent(next)}`)
    await this.type(this.page.getByLabel('Token'), portal.tokens[who])
    await this.click(this.page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }))
    await this.page.getByRole('button', { name: 'Sign out' }).waitFor()
    await settled(this.page)
  }
}
