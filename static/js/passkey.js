// Passkeys: the button asks the browser for the key, the form carries the answer. Data stands in #passkey-data.
const toBytes = (text) => {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(plain.padEnd(Math.ceil(plain.length / 4) * 4, "=")), (char) => char.charCodeAt(0));
};
const toText = (buffer) => {
  let binary = "";
  for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};
const withIds = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

const create = async (options) => {
  const wanted = { ...options, challenge: toBytes(options.challenge) };
  wanted.user = { ...options.user, id: toBytes(options.user.id) };
  wanted.excludeCredentials = withIds(options.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey: wanted });
  return {
    type: made.type, id: made.id, rawId: toText(made.rawId),
    authenticatorAttachment: made.authenticatorAttachment,
    clientExtensionResults: made.getClientExtensionResults(),
    response: {
      clientDataJSON: toText(made.response.clientDataJSON),
      attestationObject: toText(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    },
  };
};

const get = async (options) => {
  const wanted = { ...options, challenge: toBytes(options.challenge) };
  wanted.allowCredentials = withIds(options.allowCredentials);
  const found = await navigator.credentials.get({ publicKey: wanted });
  const { response } = found;
  return {
    type: found.type, id: found.id, rawId: toText(found.rawId),
    clientExtensionResults: found.getClientExtensionResults(),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
      userHandle: response.userHandle ? toText(response.userHandle) : null,
    },
  };
};

const form = document.querySelector("[data-passkey]");
const data = document.getElementById("passkey-data");
const told = document.querySelector("[data-passkey-told]");
if (form && data && window.PublicKeyCredential) {
  form.hidden = false;
  if (told) told.hidden = true;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    delete form.dataset.sent;
    const { creation_options: creation, request_options: request } = JSON.parse(data.textContent);
    try {
      const credential = creation ? await create(creation.publicKey) : await get(request.publicKey);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      if (told) {
        told.textContent = "Chưa nhận được khóa: trình duyệt báo đã hủy hoặc hết giờ chờ. Hãy bấm lại.";
        told.hidden = false;
      }
    }
  });
}
