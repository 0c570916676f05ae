-- One row a figure of the catalogue and one a figure that the catalogue does not know, with what it has to agree
-- with. A figure that is not there is one question's alone; the others look at those that are.
with

catalogue as (

    select * from figure_catalogue

),

copies as (

    select
        figure_id,
        count(*) as rows
    from figures
    group by figure_id

),

-- Whole numbers only: numerator and denominator in the unit of their last digit.
measured as (

    select
        coalesce(catalogue.figure_id, figures.figure_id) as figure_id,
        catalogue.figure_id is not null as is_in_catalogue,
        coalesce(copies.rows, 0) as rows,
        figures.year,
        figures.unit,
        figures.status,
        figures.value,
        figures.numerator,
        figures.denominator,
        coalesce(catalogue.unit, figures.unit) as catalogue_unit,
        coalesce(catalogue.decimals, 0) as decimals,
        catalogue.minimum,
        catalogue.maximum,
        catalogue.whole,
        catalogue.part_of,
        cast(figures.value * 10000 as hugeint) as scaled_value,
        cast(figures.numerator * 10000 as hugeint) as scaled_numerator,
        cast(coalesce(figures.denominator, 0) * 10000 as hugeint) as scaled_denominator
    from catalogue
    full outer join figures
        on catalogue.figure_id = figures.figure_id
    left join copies
        on figures.figure_id = copies.figure_id

),

-- Half up, in units of the last decimal, then in ten-thousandths.
recomputed as (

    select
        *,
        case
            when catalogue_unit = 'count' then scaled_numerator
            when scaled_denominator > 0
                then (
                    (2 * 100 * cast(power(10, decimals) as hugeint) * scaled_numerator + scaled_denominator)
                    // (2 * scaled_denominator)
                ) * cast(power(10, 4 - decimals) as hugeint)
        end as scaled_expected,
        -- The shares of a whole are rounded together, so each may go up or down, but never by a unit.
        coalesce(
            whole is not null
            and abs(scaled_value * scaled_denominator - 1000000 * scaled_numerator)
            < cast(power(10, 4 - decimals) as hugeint) * scaled_denominator,
            false
        ) as is_share_rounded
    from measured

),

final as (

    select
        recomputed.figure_id,
        recomputed.is_in_catalogue,
        recomputed.rows,
        case
            when recomputed.rows = 0 then getvariable('report_year') else coalesce(recomputed.year, 0)
        end as year,
        getvariable('report_year') as report_year,
        case when recomputed.rows = 0 then recomputed.catalogue_unit else recomputed.unit end as unit,
        recomputed.catalogue_unit,
        recomputed.status,
        case
            when recomputed.rows = 0 then null
            when recomputed.catalogue_unit = 'percent' and recomputed.scaled_denominator = 0 then 'refused'
            else 'published'
        end as expected_status,
        recomputed.value,
        case
            when recomputed.is_share_rounded then recomputed.value
            else cast(recomputed.scaled_expected * 0.0001 as decimal(18, 4))
        end as recomputed_value,
        recomputed.minimum,
        case
            when recomputed.catalogue_unit = 'percent' then least(coalesce(recomputed.maximum, 100), 100)
            else recomputed.maximum
        end as maximum,
        recomputed.numerator,
        recomputed.denominator,
        recomputed.part_of,
        wholes.value as whole_value
    from recomputed
    left join figures as wholes
        on recomputed.part_of = wholes.figure_id

)

select * from final
order by figure_id
