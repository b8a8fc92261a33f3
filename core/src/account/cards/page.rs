//! Writes login cards as HTML, with a QR code of the sign-in address. All cards have the same size, whatever is printed
//! on them. `cards.css` has the style that all sheets share, and `fit.rs` decides what fits.

use std::io::{self, Write};

use qrcode::{Color, EcLevel, QrCode};

use crate::username::SignIn;

use super::fit::{Content, Face, Fit, FittedLine, GAP, LINE};
use super::layout::{QUIET_ZONE, SheetSize};
use super::{Account, AccountError, Accounts, CardText, Cards, FOOT, Html, by_class, write_head};

/// A page of cards that is ready to write. Once a page exists, only writing can fail.
pub(super) struct CardsPage<'a> {
    cards: &'a Cards,
    sheet: SheetSize,
    accounts: Vec<Account<'a>>,
    sign_in: SignIn,
    qr_code: Option<String>,
    day: Option<String>,
}

impl<'a> CardsPage<'a> {
    pub(super) fn of(accounts: &'a Accounts, cards: &'a Cards) -> Result<Self, AccountError> {
        let sheet = cards.layout.sheet();
        let qr_code = cards.sign_in_url.as_deref().map(|url| qr_code(url, sheet.most_modules())).transpose()?;
        let printed = accounts.to_print(cards)?;
        Ok(Self { cards, sheet, accounts: printed, sign_in: accounts.sign_in, qr_code, day: cards.day() })
    }

    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        write_head(to, "Login cards", &style(&self.sheet))?;
        if let Some(symbol) = &self.qr_code {
            writeln!(to, "<svg class=\"shapes\" aria-hidden=\"true\">{symbol}</svg>")?;
        }
        for (first, class) in by_class(&self.accounts) {
            for page in class.chunks(self.sheet.columns * self.sheet.rows) {
                self.write_sheet(to, first, page)?;
            }
        }
        to.write_all(FOOT.as_bytes())
    }

    fn write_sheet(&self, to: &mut impl Write, first: &Account<'_>, accounts: &[Account<'_>]) -> io::Result<()> {
        let password = |account: &Account<'_>| self.cards.password(account, self.sign_in);
        let passwords: Vec<Result<Vec<String>, &str>> = accounts.iter().map(password).collect();
        let fits: Vec<Fit> =
            accounts.iter().zip(&passwords).map(|(account, password)| self.fit(account, password)).collect();
        writeln!(to, "<section>")?;
        if self.sheet.has_heading {
            write!(to, "<h1>{} <small>{}</small>", Html(first.class_name), Html(first.year_group))?;
            if let Some(url) = &self.cards.sign_in_url {
                write!(to, " <small>{}</small>", Html(url))?;
            }
            if fits.iter().any(|fit| fit.username.iter().chain(&fit.password).any(|line| line.is_broken)) {
                write!(to, " <small>{}</small>", Html(self.cards.words(CardText::Continued)))?;
            }
            writeln!(to, "</h1>")?;
        }
        writeln!(to, "<div class=\"cards\">")?;
        for ((account, fit), password) in accounts.iter().zip(&fits).zip(&passwords) {
            self.write_card(to, account, fit, password.is_ok())?;
        }
        writeln!(to, "</div>\n</section>")
    }

    fn fit(&self, account: &Account<'_>, password: &Result<Vec<String>, &str>) -> Fit {
        let instead: Vec<String> = password.as_ref().err().map(|text| (*text).to_owned()).into_iter().collect();
        let (texts, face, size) = match password {
            Ok(shown) => (shown, Face::Mono, self.sheet.password),
            Err(_) => (&instead, Face::Sans, self.instead_size()),
        };
        let content = Content {
            username: account.username,
            is_named_by_username: account.username == account.full_name,
            password: texts,
            password_face: face,
            password_size: size,
            password_label: self.cards.words(CardText::Password),
            address: self.cards.sign_in_url.as_deref(),
            foot: &[account.class_name, self.cards.words(CardText::Secret), self.day.as_deref().unwrap_or_default()]
                .join("  "),
        };
        Fit::of(&content, &self.sheet)
    }

    /// Returns the letter size of the text that replaces a password. The letters can be small, because no one types
    /// this text.
    fn instead_size(&self) -> f32 {
        self.sheet.name
    }

    fn write_card(&self, to: &mut impl Write, account: &Account<'_>, fit: &Fit, is_known: bool) -> io::Result<()> {
        let class = format!("<small>{}</small>", Html(account.class_name));
        writeln!(to, "<article>\n<div>")?;
        if fit.has_name {
            writeln!(to, "<div class=\"who\"><h2>{}</h2>{class}</div>", Html(account.full_name))?;
        }
        write!(to, "<dl>")?;
        if fit.has_label {
            write!(to, "<dt>{}</dt>", Html(self.cards.words(CardText::Username)))?;
        }
        match fit.username_size == self.sheet.username {
            true => write!(to, "<dd>")?,
            false => write!(to, "<dd style=\"font-size: {}pt\">", fit.username_size)?,
        }
        write_lines(to, &fit.username)?;
        writeln!(to, "</dd></dl>")?;
        writeln!(to, "<div{}>", if fit.is_foot_beside { " class=\"row apart\"" } else { "" })?;
        write!(to, "<dl{}>", if fit.is_beside { " class=\"row\"" } else { "" })?;
        if fit.has_label {
            write!(to, "<dt>{}</dt>", Html(self.cards.words(CardText::Password)))?;
        }
        write!(to, "<dd class=\"{}\">", if is_known { "password" } else { "instead" })?;
        write_lines(to, &fit.password)?;
        writeln!(to, "</dd></dl>")?;
        let texts = [Some(self.cards.words(CardText::Secret)), self.day.as_deref()];
        let texts = texts.into_iter().flatten().filter(|text| !text.is_empty());
        let small_print: Vec<String> = texts.map(|text| format!("<small>{}</small>", Html(text))).collect();
        let class = if fit.has_name { "" } else { &class };
        if !fit.has_qr {
            writeln!(to, "<div class=\"row\">{class}{}</div>", small_print.concat())?;
        }
        writeln!(to, "</div>")?;
        if !fit.address.is_empty() {
            let address: Vec<String> = fit.address.iter().map(|line| Html(&line.text).to_string()).collect();
            writeln!(to, "<p>{}</p>", address.join("<br>"))?;
        }
        writeln!(to, "</div>")?;
        if fit.has_qr {
            let qr = "<svg class=\"qr\" role=\"img\" aria-label=\"QR code of the address\"><use href=\"#qr\"/></svg>";
            writeln!(to, "<div class=\"code\">{qr}{class}{}</div>", small_print.concat())?;
        }
        writeln!(to, "</article>")
    }
}

fn write_lines(to: &mut impl Write, lines: &[FittedLine]) -> io::Result<()> {
    for line in lines {
        let class = if line.is_broken { " class=\"on\"" } else { "" };
        write!(to, "<span{class}>{}</span>", Html(&line.text))?;
    }
    Ok(())
}

/// Returns the QR code of an address as an SVG symbol, with one square for each module. The level of error correction
/// is M if there is space for it, and otherwise L.
fn qr_code(url: &str, most_modules: usize) -> Result<String, AccountError> {
    let code = [EcLevel::M, EcLevel::L].into_iter().find_map(|level| readable(url, level, most_modules));
    let Some(code) = code else {
        // Finds the longest address whose QR code a camera can still read in this layout.
        let fits = |length: usize| readable(&"x".repeat(length), EcLevel::L, most_modules).is_some();
        let lengths: Vec<usize> = (0..super::LONGEST_URL).collect();
        return Err(AccountError::SignInUrlTooLong { most: lengths.partition_point(|length| fits(*length + 1)) });
    };
    let side = code.width() + 2 * QUIET_ZONE;
    let mut symbol = format!("<symbol id=\"qr\" viewBox=\"0 0 {side} {side}\"><path d=\"");
    for (module, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (module % code.width() + QUIET_ZONE, module / code.width() + QUIET_ZONE);
            symbol.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    symbol.push_str("\"/></symbol>");
    Ok(symbol)
}

fn readable(text: &str, level: EcLevel, most_modules: usize) -> Option<QrCode> {
    let code = QrCode::with_error_correction_level(text, level).ok()?;
    (code.width() + 2 * QUIET_ZONE <= most_modules).then_some(code)
}

/// Returns the CSS of a sheet: its measurements, and the rules that all sheets share.
fn style(sheet: &SheetSize) -> String {
    let [width, height] = sheet.card;
    let [pitch_x, pitch_y] = sheet.pitch;
    let [left, top] = sheet.origin;
    let [padding_x, padding_y] = sheet.padding;
    let line = if sheet.has_heading { "0.2mm dashed #999" } else { "none" };
    format!(
        ":root {{ --columns: {}; --width: {width}mm; --height: {height}mm; --pitch-x: {pitch_x}mm; --pitch-y: {pitch_y}mm; \
         --left: {left}mm; --top: {top}mm; --padding: {padding_y}mm {padding_x}mm; --name: {}pt; --username: {}pt; \
         --password: {}pt; --label: {}pt; --qr: {}mm; --gap: {GAP}mm; --line: {LINE}; --cut: {line}; }}\n{}",
        sheet.columns,
        sheet.name,
        sheet.username,
        sheet.password,
        sheet.label,
        sheet.qr,
        include_str!("cards.css")
    )
}
