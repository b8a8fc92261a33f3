//! The sheets that login cards are printed on (`CardLayout`): how many cards each has, the letter sizes, and all other
//! measurements (`SheetSize`). A new sheet also goes into `bindings-node/lib/accounts/printing.ts` and
//! `bindings-python/python/onroll/types.py`.

use crate::code::coded;

/// The margin of a QR code, in modules. The QR code standard requires four.
pub(super) const QUIET_ZONE: usize = 4;

/// The number and size of login cards on an A4 sheet.
///
/// Print at 100% ("actual size"), without extra browser margins. The text that a child copies is at least 12 points
/// high.
///
/// ```
/// use onroll::account::{CardLayout, Cards};
/// // A form lists every layout.
/// for layout in CardLayout::ALL {
///     println!("{}: {} on a sheet", layout.as_str(), layout.cards_per_page());
/// }
/// let cards = Cards::new().layout("L7160".parse()?);
/// # let _ = cards;
/// # Ok::<(), onroll::code::UnknownCode>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum CardLayout {
    /// 33 cards to cut out, in 3 columns and 11 rows. A class fits on one sheet.
    #[default]
    A4x33,
    /// 21 labels, each 63.5 by 38.1 mm, as on Avery L7160.
    L7160,
    /// 14 labels, each 99.1 by 38.1 mm, as on Avery L7163.
    L7163,
    /// 8 large cards for Reception, with usernames and passwords at 24 points.
    Large,
}

coded!(CardLayout: "layout");

impl CardLayout {
    /// Every layout.
    pub const ALL: [Self; 4] = [Self::A4x33, Self::L7160, Self::L7163, Self::Large];

    /// Returns the code: `a4-33`, `L7160`, `L7163` or `large`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A4x33 => "a4-33",
            Self::L7160 => "L7160",
            Self::L7163 => "L7163",
            Self::Large => "large",
        }
    }

    /// Returns the number of cards on a sheet.
    pub fn cards_per_page(self) -> usize {
        let sheet = self.sheet();
        sheet.columns * sheet.rows
    }

    pub(super) fn sheet(self) -> SheetSize {
        let small = SheetSize {
            columns: 3,
            rows: 11,
            card: [63.3, 24.8],
            pitch: [63.3, 24.8],
            origin: [10.0, 16.0],
            padding: [2.0, 0.6],
            has_heading: true,
            name: 9.0,
            username: 12.0,
            password: 14.0,
            label: 6.5,
            qr: 16.8,
        };
        let label = SheetSize {
            rows: 7,
            card: [63.5, 38.1],
            pitch: [66.0, 38.1],
            origin: [7.25, 15.15],
            padding: [3.0, 2.0],
            has_heading: false,
            name: 11.0,
            password: 16.0,
            label: 7.0,
            qr: 22.0,
            ..small
        };
        match self {
            Self::A4x33 => small,
            Self::L7160 => label,
            Self::L7163 => SheetSize {
                columns: 2,
                card: [99.1, 38.1],
                pitch: [101.6, 38.1],
                origin: [4.65, 15.15],
                qr: 25.0,
                ..label
            },
            Self::Large => SheetSize {
                columns: 2,
                rows: 4,
                card: [95.0, 67.0],
                pitch: [95.0, 67.0],
                padding: [4.0, 2.5],
                name: 16.0,
                username: 24.0,
                password: 26.0,
                label: 9.0,
                qr: 28.0,
                ..small
            },
        }
    }
}

/// The measurements of an A4 sheet. Lengths are in millimetres, and letter sizes in points. In a pair, the horizontal
/// length comes first.
#[derive(Debug, Clone, Copy)]
pub(super) struct SheetSize {
    pub columns: usize,
    pub rows: usize,
    pub card: [f32; 2],
    pub pitch: [f32; 2],
    /// The position of the first card.
    pub origin: [f32; 2],
    pub padding: [f32; 2],
    /// Whether the class is also printed as a heading above the cards. A sheet of labels has no space for a heading.
    pub has_heading: bool,
    pub name: f32,
    pub username: f32,
    pub password: f32,
    pub label: f32,
    /// The side length of a QR code, including its quiet zone.
    pub qr: f32,
}

/// The smallest side length of one module (one small square) of a QR code, in millimetres. It is two dots at 150 dpi.
const LEAST_MODULE: f32 = 0.34;

impl SheetSize {
    /// Returns the largest number of modules on a side of a QR code that a camera can read. The quiet zone is included.
    pub(super) fn most_modules(&self) -> usize {
        (self.qr / LEAST_MODULE) as usize
    }

    /// Returns the width and height of the space within a card's padding, in millimetres.
    pub(super) fn room(&self) -> [f32; 2] {
        [self.card[0] - 2.0 * self.padding[0], self.card[1] - 2.0 * self.padding[1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_card_layout_fits_on_an_a4_sheet() {
        for layout in CardLayout::ALL {
            let sheet = layout.sheet();
            for (axis, count, page) in [(0, sheet.columns, 210.0), (1, sheet.rows, 297.0)] {
                let end = sheet.origin[axis] + sheet.pitch[axis] * (count - 1) as f32 + sheet.card[axis];
                assert!(end <= page - 4.0, "{layout}: {end} of {page}");
                assert!(sheet.pitch[axis] >= sheet.card[axis]);
            }
            assert!(sheet.username >= 12.0 && sheet.password >= 12.0);
            // The makers of the labels state equal margins on the left and right.
            let left = 210.0 - sheet.origin[0] - sheet.pitch[0] * (sheet.columns - 1) as f32 - sheet.card[0];
            assert!((left - sheet.origin[0]).abs() < 0.3, "{layout}: {left}");
            assert_eq!(layout.as_str().parse(), Ok(layout));
        }
        assert_eq!(CardLayout::ALL.map(CardLayout::cards_per_page), [33, 21, 14, 8]);
        let error = "A4-33x".parse::<CardLayout>().unwrap_err();
        assert_eq!(error.to_string(), "the layout must be one of a4-33, L7160, L7163, large");
    }
}
