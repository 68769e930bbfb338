// Somebody at the portal: his browser, his hands, and the API in his name. What the tasks of tests/web are written with.
import { Hand, openPage, shot, sound } from './browser.mjs'
import { sleep } from './node.mjs'

export class Seat {
  looked = 0
  others = []

  static async take(browser, portal, who, way, { next = '/', name = who } = {}) {
    const seat = new Seat()
    const page = await openPage(browser, portal, { keyboard: way === 'keyboard' })
    Object.assign(seat, { browser, portal, who, way, name, page, hand: new Hand(page, way) })
    for (const method of ['look', 'menu', 'api', 'open', 'make', 'act']) seat[method] = seat[method].bind(seat)
    await seat.hand.signIn(portal, who, next)
    return seat
  }

  /// What is shown is sound, and a picture of it is kept.
  async look(what) {
    await sound(this.page, `${this.name}: ${what}`)
    await shot(this.page, `${this.name}-${++this.looked}-${this.way}`)
  }

  menu(title) { return this.hand.click(this.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: title, exact: true })) }

  api(method, path, body) { return this.portal.api(this.who, method, path, body) }

  /// Another person in a browser of his own, by the same way.
  async open(who, next) {
    const other = await Seat.take(this.browser, this.portal, who, this.way, { next, name: `${this.name}-${who}` })
    this.others.push(other)
    return other
  }

  async until(holds) {
    for (let tries = 0; tries < 300; ++tries) {
      if (await holds()) return
      await sleep(100)
    }
    throw new Error(`it does not come: ${holds}`)
  }

  /// A record is made from the list of its kind.
  async make(link, ...fields) {
    await this.hand.click(this.page.getByRole('main').getByRole('link', { name: link }))
    await this.fill(this.page.getByRole('main').locator('form').first(), fields)
    await this.hand.click(this.page.getByRole('button', { name: 'Make it' }))
    await this.page.getByRole('region', { name: 'What can be done' }).waitFor()
  }

  /// What the state of a record allows is done.
  async act(action, ...fields) {
    const doing = this.page.getByRole('region', { name: 'What can be done' })
    await this.hand.click(doing.getByRole('button', { name: action, exact: true }))
    await this.fill(doing.locator('form'), fields)
    await this.hand.click(doing.locator('form').getByRole('button', { name: action, exact: true }))
  }

  /// Fields by label, with the texts: radios where the label is a group's, and what is folded away is opened.
  async fill(form, fields) {
    for (const [label, text] of fields) {
      const called = new RegExp(`^${label}( \\(optional\\))?$`)
      const group = form.getByRole('group', { name: called })
      const field = form.getByLabel(called).first()
      if (await group.count()) {
        await this.hand.choose(group.getByLabel(text, { exact: true }))
        continue
      }
      if (!await field.isVisible()) await this.hand.click(form.locator('summary').filter({ hasText: 'More that may come with it' }))
      if (await field.evaluate((element) => element.tagName === 'SELECT')) await this.hand.select(field, text)
      else await this.hand.type(field, text)
    }
  }

  async leave() {
    for (const one of [...this.others, this]) await one.page.context().close()
  }
}
