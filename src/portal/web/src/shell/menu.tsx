import { useState } from 'preact/hooks'
import { pages } from 'generated/pages'
import { useSession } from '@/lib/session'

/// The pages that this person may see, in the groups and the order of spec/pages.tsv.
export function Menu({ path }: { path: string }) {
  const session = useSession()
  const [open, setOpen] = useState(false)
  const shown = pages.filter((row) => row.menu && session.may(row.functions))
  const here = shown.map((row) => row.path).filter((row) => isUnder(row, path)).sort((a, b) => b.length - a.length)[0]
  const areas = [...new Set(shown.map((row) => row.area))]
  return (
    <nav class={`mw-menu${open ? '' : ' mw-menu--closed'}`} aria-label="Pages">
      <button type="button" class="govuk-button govuk-button--secondary mw-menu__toggle" aria-expanded={open} onClick={() => setOpen(!open)}>Menu</button>
      <div class="mw-menu__list">
        {areas.map((area) => (
          <div class="mw-menu__group" key={area}>
            <h2 class="mw-menu__title">{area}</h2>
            <ul>{shown.filter((row) => row.area === area).map((row) => (
              <li key={row.path}><a class="govuk-link govuk-link--no-visited-state govuk-link--no-underline" href={row.path}
                aria-current={row.path === here ? 'page' : undefined} onClick={() => setOpen(false)}>{row.title}</a></li>
            ))}</ul>
          </div>
        ))}
      </div>
    </nav>
  )
}

const isUnder = (row: string, path: string) => (row === '/' ? path === '/' : path === row || path.startsWith(`${row}/`))
