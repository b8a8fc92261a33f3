//! Groups of things that belong together (`Groups`), for conflicts that share an account or a student.

/// A disjoint-set forest. Each member points to another member of its group, except one, which points to itself.
pub(super) struct Groups(Vec<usize>);

impl Groups {
    /// Creates a group for each of `count` members.
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// Returns the member that stands for the group of a member.
    pub(super) fn find(&mut self, member: usize) -> usize {
        let mut root = member;
        while self.0[root] != root {
            // Halves the path for the next lookup.
            self.0[root] = self.0[self.0[root]];
            root = self.0[root];
        }
        root
    }

    /// Joins the groups of two members.
    pub(super) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        self.0[one.max(other)] = one.min(other);
    }
}
