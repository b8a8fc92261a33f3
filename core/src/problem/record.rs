//! Says why a student's record in the MIS cannot be imported, in a sentence for the school's office. `message.rs` has
//! the messages about files.

use crate::column::Column;

use super::ProblemCode;

impl ProblemCode {
    /// Returns the reason why a student's record cannot be imported, in the terms of an MIS. The text mentions no row,
    /// cell or file.
    pub(crate) fn reason_of_record(self, column: Option<Column>) -> String {
        let field = match column {
            Some(Column::FullName) | None => "name",
            Some(Column::Username) => "username",
            Some(Column::YearGroup) => "year group",
            Some(Column::Class) => "class",
            Some(Column::Gender) => "gender",
            Some(Column::PupilPremium) => "pupil premium",
            Some(Column::Ethnicity) => "ethnicity",
            Some(Column::Send) => "SEN status",
            Some(Column::Eal) => "EAL status",
        };
        match (self, column) {
            (Self::Blank, Some(Column::FullName)) => "the MIS has no forename and surname for this pupil".to_owned(),
            (Self::Blank, Some(Column::Class)) => {
                "the MIS has no registration group or class for this pupil".to_owned()
            }
            (Self::Blank, _) => format!("the MIS has no {field} for this pupil"),
            (Self::UsernameDuplicate, Some(Column::Username)) => {
                "another pupil has the same email address, which may be a parent's; each pupil needs one of their own"
                    .to_owned()
            }
            (Self::UsernameDuplicate, _) => "another pupil has the same username".to_owned(),
            (Self::RowDuplicate, _) => "the pupil is listed twice with the same details".to_owned(),
            (Self::SourceIdDuplicate, _) => "another pupil has the same id".to_owned(),
            (Self::RowLength, _) => "the values for this pupil are in the wrong fields".to_owned(),
            (Self::UsernameNotEmail, _) => "the email address in the MIS is not valid".to_owned(),
            (Self::ForbiddenCharacter, _) => {
                format!("the {field} in the MIS contains characters that cannot be read; type it again")
            }
            (Self::TooLong, _) => format!("the {field} in the MIS is too long"),
            (Self::ExcelMangled, _) => {
                format!("the {field} in the MIS is a number or a date, not a text; type it again")
            }
            (Self::Gender | Self::YesNo | Self::EthnicityUnknown, _) => {
                format!("the {field} in the MIS cannot be read")
            }
            _ => format!("the {field} in the MIS has an error"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_about_a_record_do_not_mention_a_file() {
        for code in ProblemCode::ALL {
            for column in Column::ALL.into_iter().map(Some).chain([None]) {
                let reason = code.reason_of_record(column);
                assert!(!["cell", "file", "row", "save"].iter().any(|word| reason.contains(word)), "{reason}");
            }
        }
        assert_eq!(
            ProblemCode::Blank.reason_of_record(Some(Column::YearGroup)),
            "the MIS has no year group for this pupil"
        );
    }
}
