// While figures are typed, the line "Đã giao X / Y" follows; without scripts it tells what is on record.
const number = (text) => (text.replace(/[.\s]/g, '').match(/^\d{1,15}$/) ? Number(text.replace(/[.\s]/g, '')) : null);
const dots = (value) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '.');

function sentence(given, asked) {
  if (asked === null) return ['quiet', `Đã giao ${dots(given)} · cấp trên chưa có chỉ tiêu`];
  const head = `Đã giao ${dots(given)} / ${dots(asked)} · `;
  if (given === asked) return ['ok', `${head}đã giao đủ`];
  return given < asked ? ['warn', `${head}còn ${dots(asked - given)} chưa giao`] : ['bad', `${head}giao vượt ${dots(given - asked)}`];
}

function tell(line) {
  const metric = line.dataset.balance;
  const kept = Number(line.querySelector('[data-kept]')?.dataset.kept ?? 0);
  const parts = [...document.querySelectorAll(`input[data-part="${metric}"]`)];
  const given = parts.reduce((sum, input) => sum + (number(input.value) ?? 0), kept);
  const above = document.querySelector(`input[data-above="${metric}"]`);
  const asked = above ? number(above.value) : number(line.dataset.asked);
  const [tone, text] = sentence(given, asked);
  line.className = `banner ${tone}`;
  line.querySelector('[data-told]').textContent = text;
}

// The last line of a table follows too, with its difference from the figure above when it counts all the parts.
function total(cell) {
  const metric = cell.dataset.sum;
  const table = cell.closest('table');
  const at = [...cell.parentElement.children].indexOf(cell) + 1;
  const inputs = [...table.querySelectorAll(`tbody td:nth-child(${at + 1}) input:not([type="hidden"])`)];
  if (!inputs.length) return;
  const known = inputs.map((input) => number(input.value)).filter((value) => value !== null);
  const given = known.reduce((sum, value) => sum + value, 0);
  cell.querySelector('[data-sum-told]').textContent = known.length ? dots(given) : '';
  if (inputs.some((input) => input.value !== input.defaultValue)) table.querySelector('[data-sum-word]').textContent = 'đang nhập';
  const parts = document.querySelectorAll(`input[data-part="${metric}"]`);
  const asked = number(document.querySelector(`input[data-above="${metric}"]`)?.value ?? '');
  const whole = parts.length === inputs.length && inputs.every((input) => input.dataset.part === metric);
  const left = asked === null || !whole ? '' : given === asked ? 'đủ' : given < asked ? `còn ${dots(asked - given)}` : `vượt ${dots(given - asked)}`;
  cell.querySelector('[data-sum-left]').textContent = left;
}
const totals = document.querySelectorAll('[data-sum]');
totals.forEach(total);

// The table's head stays below the lines that stay in sight, however many lines of text these take.
const held = document.querySelector('.balances.held');
if (held) {
  const measure = () => document.documentElement.style.setProperty('--held', `${held.offsetHeight}px`);
  new ResizeObserver(measure).observe(held);
  measure();
}

document.addEventListener('input', (event) => {
  const metric = event.target.dataset?.part ?? event.target.dataset?.above;
  if (!metric && !event.target.classList.contains('cell-input')) return;
  document.querySelectorAll(`[data-balance="${metric}"]`).forEach(tell);
  totals.forEach(total);
});

// In a split each part can be dragged as well as typed; both always tell the same figure.
const split = document.querySelector('[data-drag]');

function slider(input, most) {
  const bar = document.createElement('input');
  bar.type = 'range';
  bar.className = 'form-range part-slider';
  bar.setAttribute('aria-label', `Kéo để đổi: ${input.getAttribute('aria-label')}`);
  bar.max = most;
  bar.step = Math.max(1, 10 ** (String(most).length - 3));
  bar.value = number(input.value) ?? 0;
  input.after(bar);
  input.addEventListener('input', () => { bar.value = number(input.value) ?? 0; });
  bar.addEventListener('input', () => {
    const kept = bar.value;
    input.value = dots(kept);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    bar.value = kept;
  });
}

if (split) {
  const parts = [...split.querySelectorAll('input[data-part]')];
  const largest = Math.max(10, ...parts.map((input) => number(input.value) ?? 0));
  for (const input of parts) slider(input, largest * 2);
}
