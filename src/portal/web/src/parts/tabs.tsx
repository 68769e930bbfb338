import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'

/// Tabs by the ARIA pattern: arrows move between them, Tab goes into the panel.
export function Tabs({ label, tabs }: { label: string; tabs: { id: string; title: string; body: () => ComponentChildren }[] }) {
  const [chosen, setChosen] = useState(tabs[0]?.id ?? '')
  const list = useRef<HTMLDivElement>(null)
  const current = tabs.find((t) => t.id === chosen) ?? tabs[0]
  const move = (by: number) => {
    const at = tabs.findIndex((t) => t.id === current?.id)
    const next = tabs[(at + by + tabs.length) % tabs.length]
    if (!next) return
    setChosen(next.id)
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus()
  }
  if (!current) return null
  return (
    <div class="mw-tabs">
      <div role="tablist" aria-label={label} ref={list} onKeyDown={(e) => {
        if (e.key === 'ArrowRight') move(1)
        if (e.key === 'ArrowLeft') move(-1)
      }}>
        {tabs.map((t) => (
          <button key={t.id} type="button" role="tab" id={`tab-${t.id}`} aria-selected={t.id === current.id} aria-controls={`panel-${t.id}`}
            tabIndex={t.id === current.id ? 0 : -1} onClick={() => setChosen(t.id)}>{t.title}</button>
        ))}
      </div>
      <div role="tabpanel" id={`panel-${current.id}`} aria-labelledby={`tab-${current.id}`} tabIndex={0}>{current.body()}</div>
    </div>
  )
}
