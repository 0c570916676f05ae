with

publications as (

    select * from {{ ref('int_publications') }}

),

mentions as (

    select * from {{ ref('stg_publications_mentions') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

-- A publication names a member once, by however many of its names.
final as (

    select distinct
        publications.source_file,
        publications.source_line,
        resolution.member_id
    from publications
    inner join mentions
        on
            publications.source_file = mentions.source_file
            and publications.source_line = mentions.source_line
    inner join resolution
        on
            mentions.place_key = resolution.place_key
            and resolution.country_key = ''
    where
        publications.origin = 'metropolis'
        and publications.is_of_year
        and resolution.member_id is not null

)

select * from final
