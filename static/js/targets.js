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

document.addEventListener('input', (event) => {
  const metric = event.target.dataset?.part ?? event.target.dataset?.above;
  if (metric) document.querySelectorAll(`[data-balance="${metric}"]`).forEach(tell);
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
